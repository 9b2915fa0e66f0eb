/** Fields and functions an expression may use at a node; asked once per node and state of what leads to it. */
import { useEffect, useState } from 'react';
import { edgesInto, nodeById } from '../graph/lookup';
import type { Graph } from '../graph/types';
import type { Vocabulary } from '../graph/words';
import { api } from '../store/api';
import { get, useCanvas } from '../store/canvas';

const empty: Vocabulary = { fields: [], functions: [] };
/** Where an expression stands that sees the attributes of a person, and nothing else. The server calls it so, too. */
export const PROFILE = '@profile';
const MOST = 200;
const asked = new Map<string, Promise<Vocabulary>>();
const keys = new WeakMap<Graph, Map<string, string>>();

/** What the vocabulary at a node depends on: the steps that a person may have passed on the way to it. The journey's own depends on all. */
export function wayTo(graph: Graph, node: string): string {
  const known = keys.get(graph) ?? new Map<string, string>();
  keys.set(graph, known);
  let key = known.get(node);
  if (key === undefined) {
    const seen = new Set<string>();
    const open = [node];
    while (open.length) {
      for (const edge of edgesInto(graph, open.pop() as string)) {
        if (seen.has(edge.from.node)) continue;
        seen.add(edge.from.node);
        open.push(edge.from.node);
      }
    }
    if (!node) graph.nodes.forEach((one) => seen.add(one.id));
    key = JSON.stringify([node === '' || node === PROFILE ? node : null, ...[...seen].sort().map((id) => [id, nodeById(graph, id)?.type, nodeById(graph, id)?.settings])]);
    known.set(node, key);
  }
  return key;
}

export function vocabulary(node: string): Promise<Vocabulary> {
  const { graph } = get();
  const key = wayTo(graph, node);
  const known = asked.get(key);
  if (known) return known;
  const answer = api.vocabulary(node, graph).catch(() => {
    asked.delete(key);
    return empty;
  });
  if (asked.size >= MOST) asked.clear();
  asked.set(key, answer);
  return answer;
}

export const useFields = (node: string): Vocabulary['fields'] => useVocabulary(node).fields;

export function useVocabulary(node: string): Vocabulary {
  const [words, setWords] = useState(empty);
  const way = useCanvas((state) => wayTo(state.graph, node));
  useEffect(() => {
    let here = true;
    void vocabulary(node).then((known) => here && setWords(known));
    return () => {
      here = false;
    };
  }, [node, way]);
  return words;
}
