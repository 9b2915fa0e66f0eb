import { describe, expect, it } from 'vitest';
import { asText, inOrder, saidAnew } from '../src/graph/problems';
import type { Problem } from '../src/graph/types';
import { draw, node } from './cast';

const problem = (code: string, where: string | null, more: Partial<Problem> = {}): Problem => ({
  code, node: where, severity: 'error', message: `${code} is wrong.`, hint: '', field: null, line: null, column: null, ...more,
});
const at = (x: number, y = 0): { position: { x: number; y: number } } => ({ position: { x, y } });

describe('problems', () => {
  it('are errors first, then warnings; the journey first, then its steps from left to right', () => {
    const graph = draw([node('wait-1', {}, at(600)), node('email-1', {}, at(300, 90)), node('email-2', {}, at(300, 10)), node('event-1', {}, at(0))]);
    const mixed = [
      problem('F', 'wait-1', { severity: 'warning' }), problem('D', 'wait-1'), problem('E', null, { severity: 'warning' }), problem('C', 'email-1'), problem('A', null), problem('B', 'email-2'),
    ];

    expect(inOrder(mixed, graph).map((one) => one.code)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });

  it('of one step stay in the order in which they were said; of a step that is gone they come last', () => {
    const graph = draw([node('wait-1', {}, at(0))]);
    const list = [problem('C', 'gone-1'), problem('B', 'wait-1'), problem('A', 'wait-1')];

    expect(inOrder(list, graph).map((one) => one.code)).toEqual(['B', 'A', 'C']);
  });

  it('of a code that is said anew are replaced, and the others stay', () => {
    const known = [problem('LARGE', 'wait-1', { severity: 'warning' }), problem('B', 'wait-1')];

    expect(saidAnew(known, [problem('LARGE', 'email-1')]).map((one) => [one.code, one.node, one.severity])).toEqual([['B', 'wait-1', 'error'], ['LARGE', 'email-1', 'error']]);
  });

  it('are copied with their code and place', () => {
    const text = asText([problem('ERR_X', 'wait-1', { field: 'duration', line: 2, column: 5, hint: 'Mend it.' }), problem('ERR_Y', null, { severity: 'warning' })]);

    expect(text).toBe('ERROR | ERR_X | wait-1 | duration | 2:5 | ERR_X is wrong. | Mend it.\nWARNING | ERR_Y | - | - | ERR_Y is wrong.');
  });
});
