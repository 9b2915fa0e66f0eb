import { describe, expect, it } from 'vitest';
import { copy, fromText, paste, toText } from '../src/graph/clipboard';
import { edgesInto, nodeById } from '../src/graph/lookup';
import type { Graph } from '../src/graph/types';
import { catalogue, draw, idsOf, lines, node, welcome } from './cast';

describe('copying', () => {
  it('takes the chosen steps, the lines between them, and the labels of their ends', () => {
    const graph: Graph = { ...welcome(), ends: [{ from: { node: 'wait-1', port: 'next' }, label: 'Done' }, { from: { node: 'condition-1', port: 'other' }, label: 'Else' }] };

    const clip = copy(catalogue, graph, ['wait-1', 'email-1']);

    expect(idsOf(clip)).toEqual(['email-1', 'wait-1']);
    expect(lines(clip)).toEqual(['email-1.next>wait-1']);
    expect(clip.ends.map((end) => end.label)).toEqual(['Done']);
  });

  it('is read back from text as it was', () => {
    const clip = copy(catalogue, welcome(), idsOf(welcome()));

    expect(fromText(toText(clip))).toEqual(clip);
  });

  it.each(['', 'hello', '{}', '{"kind":"journeyopt/steps"}', '{"kind":"journeyopt/steps","nodes":[]}', '{"kind":"journeyopt/steps", broken', '[1,"journeyopt/steps"]'])('takes other text for what it is: %s', (text) => {
    expect(fromText(text)).toBeUndefined();
  });
});

describe('pasting', () => {
  it('gives fresh ids, keeps the lines inside, and shares no settings with the original', () => {
    const before = welcome();
    const clip = copy(catalogue, before, ['condition-1', 'email-1']);

    const { graph, ids } = paste(catalogue, before, clip);

    expect(ids).toEqual(['condition-2', 'email-2']);
    expect(lines(graph)).toContain('condition-2.path-1>email-2');
    expect(nodeById(graph, 'condition-2')?.settings).toEqual(nodeById(before, 'condition-1')?.settings);
    expect(nodeById(graph, 'condition-2')?.settings.paths).not.toBe(nodeById(before, 'condition-1')?.settings.paths);
    expect(before).toEqual(welcome());
  });

  it('into another journey keeps the shape where it is put', () => {
    const clip = copy(catalogue, welcome(), ['email-1', 'wait-1']);

    const { graph } = paste(catalogue, draw([node('event-1')]), clip, { at: { x: 1000, y: 500 } });

    const [email, wait] = [nodeById(graph, 'email-1')!, nodeById(graph, 'wait-1')!];
    expect(Math.min(email.position.x, wait.position.x)).toBe(1000);
    expect(wait.position.x - email.position.x).toBe(nodeById(welcome(), 'wait-1')!.position.x - nodeById(welcome(), 'email-1')!.position.x);
  });

  it('links the first pasted step to the port that is chosen', () => {
    const clip = copy(catalogue, welcome(), ['email-1', 'wait-1']);

    const { graph, ids } = paste(catalogue, welcome(), clip, { outlet: { node: 'condition-1', port: 'other' } });

    expect(lines(graph)).toContain(`condition-1.other>${ids[0]}`);
  });

  it('leaves the steps loose when that line is not allowed', () => {
    const clip = copy(catalogue, welcome(), ['email-1']);

    const { graph, ids } = paste(catalogue, welcome(), clip, { outlet: { node: 'event-1', port: 'next' } });

    expect(edgesInto(graph, ids[0])).toEqual([]);
  });

  it('many times over never uses an id twice', () => {
    let graph = welcome();
    const clip = copy(catalogue, graph, idsOf(graph));
    for (let round = 0; round < 20; round += 1) ({ graph } = paste(catalogue, graph, clip));

    expect(new Set(idsOf(graph)).size).toBe(4 * 21);
    expect(graph.edges).toHaveLength(3 * 21);
  });

  it('keeps steps that this server does not know', () => {
    const strange = draw([node('teleport-1', { to: 'mars' }), node('wait-1')], 'teleport-1.gate > wait-1');

    const { graph } = paste(catalogue, strange, copy(catalogue, strange, idsOf(strange)));

    expect(nodeById(graph, 'teleport-2')?.settings).toEqual({ to: 'mars' });
    expect(lines(graph)).toContain('teleport-2.gate>wait-2');
  });
});
