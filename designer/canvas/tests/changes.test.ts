import { describe, expect, it } from 'vitest';
import { marksOf, tally, type Change } from '../src/graph/changes';

const change = (kind: Change['kind'], node: string | null): Change => ({ kind, node, sentence: '' });

describe('what changed', () => {
  it('is marked at the steps it is about, not at the journey as a whole', () => {
    const marks = marksOf([change('changed', null), change('added', 'wait-2'), change('changed', 'wait-1')], ['wait-2']);

    expect([...marks]).toEqual([['wait-2', 'added'], ['wait-1', 'changed']]);
  });

  it('marks a step that was there before as changed, also when it got a line or lost one', () => {
    const marks = marksOf([change('removed', 'wait-1'), change('added', 'email-1'), change('added', 'email-2')], ['email-2']);

    expect([...marks]).toEqual([['wait-1', 'changed'], ['email-1', 'changed'], ['email-2', 'added']]);
  });

  it('is counted by kind, without kinds that do not occur', () => {
    expect(tally([change('removed', 'a'), change('added', 'b'), change('removed', null)])).toEqual([['added', 1], ['removed', 2]]);
    expect(tally([])).toEqual([]);
  });
});
