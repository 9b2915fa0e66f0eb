import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromLocal, offsetOf, readHour, toLocal, zones } from '../src/graph/moments';

describe('moments', () => {
  beforeAll(() => void vi.stubEnv('TZ', 'Europe/Paris'));
  afterAll(() => void vi.unstubAllEnvs());

  it('are shown by the clock here, in winter and in summer', () => {
    expect(toLocal('2026-01-31T09:30:00Z')).toBe('2026-01-31T10:30');
    expect(toLocal('2026-07-31T09:30:00+00:00')).toBe('2026-07-31T11:30');
  });

  it('go back as the same moment', () => {
    for (const iso of ['2026-01-31T09:30:00Z', '2026-07-31T22:30:00Z', '2026-12-31T23:00:00Z']) expect(fromLocal(toLocal(iso))).toBe(iso);
  });

  it('that the clock skips are later by the gap', () => {
    expect(fromLocal('2026-03-29T02:30')).toBe('2026-03-29T01:30:00Z');
  });

  it('that are not written to the end yet are none', () => {
    for (const text of ['', '0202-01-31T09:30']) expect(fromLocal(text)).toBeUndefined();
    for (const value of [null, undefined, '', 'soon', 7]) expect(toLocal(value)).toBe('');
  });
});

describe('time zones', () => {
  it('are as far from UTC as their clocks say at that moment', () => {
    expect(offsetOf('Europe/Paris', new Date('2026-01-31T00:00Z'))).toBe('UTC+01:00');
    expect(offsetOf('Europe/Paris', new Date('2026-07-31T00:00Z'))).toBe('UTC+02:00');
    expect(offsetOf('UTC', new Date())).toBe('UTC');
    expect(offsetOf('Mars/Olympus', new Date())).toBe('');
  });

  it('begin with UTC, each once', () => {
    const all = zones();
    expect(all[0]).toBe('UTC');
    expect(all).toContain('Asia/Kolkata');
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('hours', () => {
  it('may be typed in short', () => {
    for (const [typed, hour] of [['09:30', '09:30'], ['9:30', '09:30'], ['0930', '09:30'], ['00:00', '00:00'], ['24:00', '24:00']]) expect(readHour(typed)).toBe(hour);
  });

  it('are no others than a day has', () => {
    for (const text of ['', '9', '9:3', '930', '24:01', '25:00', '12:60', 'noon']) expect(readHour(text)).toBeUndefined();
  });
});
