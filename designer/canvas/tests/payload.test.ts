import { describe, expect, it } from 'vitest';
import { payloadOf } from '../src/graph/payload';
import { draw, node } from './cast';

const letter = (characters: number): ReturnType<typeof draw> => draw([node('event-1'), node('email-1', { html: 'x'.repeat(characters) })], 'event-1 > email-1');

describe('the size of a draft', () => {
  it('counts bytes, not characters', () => {
    const umlauts = draw([node('email-1', { html: 'ü'.repeat(100) })]);
    const letters = draw([node('email-1', { html: 'u'.repeat(100) })]);

    expect(payloadOf(umlauts).bytes - payloadOf(letters).bytes).toBe(100);
  });

  it('is fine below 90 percent, near the limit from there, over it beyond', () => {
    const empty = payloadOf(letter(0)).bytes;
    const level = (bytes: number): string => payloadOf(letter(bytes - empty), 1000).level;

    expect([899, 900, 1000, 1001].map(level)).toEqual(['fine', 'near', 'near', 'over']);
  });

  it('names the largest step when there is little room', () => {
    expect(payloadOf(letter(2000), 1000).largest?.id).toBe('email-1');
    expect(payloadOf(letter(2000)).largest).toBeUndefined();
  });
});
