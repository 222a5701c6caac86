import { describe, expect, test } from 'vitest';
import { momentInZone, wallOf } from '../../src/lib/wall-clock.ts';

const at = (iso: string) => ({ ok: true, at: new Date(iso) });

describe('an hour that is typed with its zone', () => {
  test.each([
    ['2027-03-01', '08:00', 'America/Mexico_City', '2027-03-01T14:00:00Z'],
    ['2027-07-01', '08:00', 'America/Mexico_City', '2027-07-01T14:00:00Z'],
    ['2027-07-01', '8:00', 'America/New_York', '2027-07-01T12:00:00Z'],
    ['2027-07-01', '00:00', 'Asia/Kolkata', '2027-06-30T18:30:00Z'],
    // A day of 23 hours, before and after its leap; a day of 25.
    ['2027-03-14', '01:59', 'America/Tijuana', '2027-03-14T09:59:00Z'],
    ['2027-03-14', '03:00', 'America/Tijuana', '2027-03-14T10:00:00Z'],
    ['2027-11-07', '00:59', 'America/New_York', '2027-11-07T04:59:00Z'],
    ['2027-11-07', '02:00', 'America/New_York', '2027-11-07T07:00:00Z'],
    ['2027-11-07', '23:59', 'America/New_York', '2027-11-08T04:59:00Z'],
  ])('%s %s in %s is one moment', (day, time, zone, iso) => {
    expect(momentInZone(day, time, zone)).toEqual(at(iso));
    expect(wallOf(new Date(iso), zone)).toEqual({ day, time: time.padStart(5, '0') });
  });

  test('is said to be none where the clocks leap over it', () => {
    expect(momentInZone('2027-03-14', '02:30', 'America/New_York')).toEqual({ ok: false, fault: 'gap' });
    // Lord Howe Island puts its clocks forward by half an hour; Samoa left out a whole day.
    expect(momentInZone('2027-10-03', '02:15', 'Australia/Lord_Howe')).toEqual({ ok: false, fault: 'gap' });
    expect(momentInZone('2011-12-30', '12:00', 'Pacific/Apia')).toEqual({ ok: false, fault: 'gap' });
  });

  test('is said to be two where the clocks show it twice', () => {
    expect(momentInZone('2027-11-07', '01:30', 'America/New_York')).toEqual({
      ok: false,
      fault: 'twice',
      at: [new Date('2027-11-07T05:30:00Z'), new Date('2027-11-07T06:30:00Z')],
    });
  });

  test.each([
    ['2027-02-30', '08:00', 'day'],
    ['1 March', '08:00', 'day'],
    ['2027-03-01', '24:00', 'hour'],
    ['2027-03-01', '8', 'hour'],
    ['2027-03-01', '', 'hour'],
  ])('%s %s is refused', (day, time, fault) => {
    expect(momentInZone(day, time, 'America/Mexico_City')).toEqual({ ok: false, fault });
  });
});
