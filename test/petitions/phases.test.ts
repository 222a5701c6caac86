import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const CLOSED = 'safe-passage';
const UPCOMING = 'protection-and-asylum';
const form = { name: 'Ana Rosa', email: 'ana@home.example', country: 'MX', over16: 'on' };

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
  await campaign.addSupporter('eva@home.example', {}, CLOSED);
  await campaign.count();
  await campaign.services.petitions.closePetition(CLOSED, shellActor('Ana'));
  const petitions = campaign.connection.collection<{ _id: string }>('petitions');
  const opensAt = new Date(campaign.clock.now().getTime() + 10 * DAY);
  await petitions.updateOne({ _id: UPCOMING }, { $set: { opensAt } });
  campaign.clock.advance(5_000);
});
afterAll(() => campaign.close());

const text = async (path: string) => seen((await campaign.get(path)).body);

describe('a closed petition', () => {
  it.each([
    ['en', 'Closed petitions', '1 person has signed', 'What the offices answered'],
    ['es', 'Peticiones cerradas', '1 persona ha firmado', 'Qué respondieron las oficinas'],
  ])('stays on the front page in %s, with its count and the way to the answers', async (locale, ...texts) => {
    const page = await text(`/${locale}`);
    for (const one of texts) expect(page).toContain(one);
    const { body } = await campaign.get(`/${locale}`);
    expect(body).toContain(`href="/${locale}/petitions/${CLOSED}/demands"`);
    expect(body).not.toContain(`href="/${locale}/petitions/${CLOSED}#sign"`);
  });

  it('says in JSON that it is closed, and since when', async () => {
    const petition = (await campaign.get(`/api/petitions/${CLOSED}`)).json();
    expect(petition).toMatchObject({ isOpen: false, phase: 'closed', count: { count: 1 } });
    expect(Date.parse(petition.closesAt)).toBeLessThanOrEqual(campaign.clock.now().getTime());
  });
});

describe('a petition that opens later', () => {
  it('stands apart on the front page with its day, in the campaign’s zone', async () => {
    expect(await text('/en')).toMatch(
      /Opening soon.*It opens for signatures on December \d+, 2026 at \d+:\d\d [AP]M [^.]+\./s,
    );
    expect(await text('/es')).toMatch(
      /Próximamente.*Se podrá firmar a partir del \d+ de diciembre de 2026 a las .* hora estándar central\./s,
    );
    await campaign.services.campaign.setCampaign({ zone: 'Pacific/Kiritimati' });
    campaign.clock.advance(5_000);
    const there = (await text('/en')).match(/on December (\d+)/)?.[1];
    await campaign.services.campaign.setCampaign({ zone: 'Pacific/Pago_Pago' });
    campaign.clock.advance(5_000);
    expect(Number((await text('/en')).match(/on December (\d+)/)?.[1])).toBe(Number(there) - 1);
  });

  it('is not called closed, in JSON neither', async () => {
    expect((await campaign.get(`/api/petitions/${UPCOMING}`)).json()).toMatchObject({
      isOpen: false,
      phase: 'upcoming',
      closesAt: null,
    });
    expect(await text(`/en/petitions/${UPCOMING}`)).toContain('This petition is not open yet');
  });

  it('takes no signature, and says why in words of its own', async () => {
    const { statusCode, body } = await campaign.post(`/en/petitions/${UPCOMING}/signatures`, form);
    expect(statusCode).toBe(409);
    expect(seen(body)).toContain('This petition is not open yet');
    expect(seen(body)).not.toContain('closed');
    expect(await campaign.connection.collection('signatures').countDocuments({ petitionId: UPCOMING })).toBe(
      0,
    );
  });
});
