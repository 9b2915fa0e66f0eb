/** How large a draft is, against what the server takes. */
import type { Graph } from './types';

export const LARGEST = 4 * 1024 * 1024;
const NEAR = 0.9;

export interface Payload {
  bytes: number;
  share: number;
  level: 'fine' | 'near' | 'over';
  /** The step that takes most; looked for only when there is little room left. */
  largest?: { id: string; bytes: number };
}

const measured = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

export function payloadOf(graph: Graph, limit = LARGEST): Payload {
  const bytes = measured(graph);
  const share = bytes / limit;
  if (share < NEAR) return { bytes, share, level: 'fine' };
  const [largest] = graph.nodes.map((node) => ({ id: node.id, bytes: measured(node) })).sort((a, b) => b.bytes - a.bytes);
  return { bytes, share, level: share > 1 ? 'over' : 'near', largest };
}
