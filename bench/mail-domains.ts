/** How people mistype the domains of large providers: what was meant, and what was written. A hundred in all. */
export const MISTYPED: Readonly<Record<string, string>> = {
  'gmail.com':
    'gmial.com gamil.com gmal.com gnail.com gmai.com gmil.com gamail.com gmaill.com gmsil.com ' +
    'gmali.com gmaul.com gmaol.com gemail.com gmeil.com gimail.com ggmail.com gmmail.com ' +
    'hmail.com gmqil.com gmial.con gmail.con gmail.cmo gmail.ocm gmail.co gmail.cm gmail.om ' +
    'gmail.ccom gmail.comm gmail.vom gmail.cim gmail.es gmail.mx gmail.com.mx gmailcom gmail',
  'hotmail.com':
    'hotmai.com hotmal.com hotmial.com hotamil.com hotmaill.com hotmil.com homail.com otmail.com ' +
    'hormail.com hotmsil.com hotnail.com htomail.com hotmeil.com jotmail.com hotmail.con ' +
    'hotmail.co hotmail.cmo hotmial.con hotmailcom',
  'hotmail.es': 'hotmai.es hotmial.es',
  'outlook.com':
    'outlok.com outloo.com outook.com oulook.com outloook.com outllook.com outlock.com outluk.com ' +
    'autlook.com putlook.com otulook.com outlook.con outlook.cm outlool.com',
  'outlook.es': 'outlok.es',
  'yahoo.com':
    'yaho.com yahooo.com yahou.com yhaoo.com yhoo.com yaoo.com yajoo.com tahoo.com uahoo.com ' +
    'yahoo.con yahoo.co yahoo.como',
  'yahoo.com.mx': 'yahoo.com.mz yahoo.con.mx yaho.com.mx yahooo.com.mx',
  'icloud.com': 'iclod.com icoud.com icluod.com iclould.com icloud.con icloud.co',
  'live.com': 'live.con',
  'live.com.mx': 'live.con.mx',
  'protonmail.com': 'protonmal.com',
  'prodigy.net.mx': 'prodigi.net.mx prodigy.net.mz',
  'msn.com': 'msn.con',
  'comcast.net': 'comcast.ner',
};

/** Two hundred domains where people really have their mail: providers, universities, offices, organisations. */
export const REAL: readonly string[] = (
  'mail.com email.com gmx.com gmx.net gmx.de gmx.es web.de ymail.com rocketmail.com aol.com ' +
  'live.com msn.com me.com mac.com proton.me pm.me protonmail.ch tutanota.com tuta.io tuta.com ' +
  'hushmail.com fastmail.com fastmail.fm zoho.com zohomail.com mailbox.org posteo.de posteo.net ' +
  'riseup.net disroot.org runbox.com startmail.com mailfence.com kolabnow.com inbox.com inbox.lv ' +
  'mail.ru bk.ru list.ru yandex.com yandex.ru ya.ru rambler.ru ukr.net i.ua seznam.cz centrum.cz ' +
  'wp.pl o2.pl onet.pl interia.pl libero.it virgilio.it tiscali.it alice.it tin.it orange.fr ' +
  'laposte.net free.fr sfr.fr wanadoo.fr bluewin.ch hispavista.com telefonica.net terra.com ' +
  'terra.com.br uol.com.br bol.com.br ig.com.br globo.com rediffmail.com qq.com 163.com 126.com ' +
  'sina.com naver.com daum.net hanmail.net hotmail.es hotmail.fr hotmail.it hotmail.de ' +
  'hotmail.co.uk hotmail.ca outlook.es outlook.fr outlook.cl outlook.com.br outlook.jp yahoo.com.mx ' +
  'yahoo.es yahoo.ca yahoo.co.uk yahoo.com.ar yahoo.co.jp yahoo.co.in yahoo.in live.com.mx ' +
  'live.com.ar live.ca live.nl prodigy.net.mx prodigy.net att.net sbcglobal.net bellsouth.net ' +
  'comcast.net comcast.com verizon.net verizon.com cox.net cox.com charter.net charter.com ' +
  'earthlink.net optonline.net roadrunner.com frontier.com frontiernet.net windstream.net ' +
  'centurylink.net juno.com netzero.net mindspring.com suddenlink.net telmex.com axtel.net ' +
  'megacable.com.mx izzi.mx cablevision.net.mx unam.mx ipn.mx alumno.ipn.mx uam.mx correo.uam.mx ' +
  'itesm.mx tec.mx exatec.tec.mx itam.mx ibero.mx uia.mx colmex.mx ciesas.edu.mx cide.edu colef.mx ' +
  'udg.mx alumnos.udg.mx uanl.edu.mx uv.mx buap.mx uabc.edu.mx unach.mx unicach.mx iteso.mx ' +
  'udlap.mx anahuac.mx up.edu.mx uady.mx uaeh.edu.mx uaq.mx cinvestav.mx inm.gob.mx comar.gob.mx ' +
  'dif.gob.mx segob.gob.mx sre.gob.mx cndh.org.mx utexas.edu ucla.edu berkeley.edu stanford.edu ' +
  'harvard.edu columbia.edu nyu.edu asu.edu arizona.edu utep.edu ucsd.edu tamu.edu gatech.edu ' +
  'umich.edu uvg.edu.gt usac.edu.gt unah.edu.hn uca.edu.sv amnesty.org hrw.org aclu.org ' +
  'raicestexas.org supportkind.org unhcr.org unicef.org iom.int savethechildren.org ' +
  'savethechildren.mx imumi.org fundar.org.mx centroprodh.org.mx casamonarca.org.mx ' +
  'sinfronteras.org.mx'
).split(' ');
