/** Fields and functions an expression may use at a node; asked once per node and state of what leads to it. */
import { useEffect, useState } from 'react';
import { api, type Vocabulary } from '../store/api';

const asked = new Map<string, { at: number; answer: Promise<Vocabulary> }>();
const empty: Vocabulary = { fields: [], functions: [] };
const FRESH = 30_000;

export function vocabulary(node: string): Promise<Vocabulary> {
  const known = asked.get(node);
  if (known && Date.now() - known.at < FRESH) return known.answer;
  const answer = api.vocabulary(node).catch(() => {
    asked.delete(node);
    return empty;
  });
  asked.set(node, { at: Date.now(), answer });
  return answer;
}

export function useFields(node: string): Vocabulary['fields'] {
  const [fields, setFields] = useState(empty.fields);
  useEffect(() => {
    let here = true;
    void vocabulary(node).then((known) => here && setFields(known.fields));
    return () => {
      here = false;
    };
  }, [node]);
  return fields;
}
