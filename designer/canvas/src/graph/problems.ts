/** Problems as a person works through them, and as text for somebody who helps. */
import { nodeById } from './lookup';
import type { Graph, Problem } from './types';

/** Errors before warnings; in each, the journey as a whole first, then its steps from left to right, from top to bottom. */
export function inOrder(problems: readonly Problem[], graph: Graph): Problem[] {
  const place = ({ severity, node }: Problem): [number, number, number] => {
    const at = node === null ? { x: -Infinity, y: 0 } : (nodeById(graph, node)?.position ?? { x: Infinity, y: 0 });
    return [severity === 'error' ? 0 : 1, at.x, at.y];
  };
  return problems
    .map((problem) => ({ problem, place: place(problem) }))
    .sort((a, b) => {
      const differs = a.place.findIndex((value, index) => value !== b.place[index]);
      return differs < 0 ? 0 : a.place[differs] - b.place[differs];
    })
    .map((one) => one.problem);
}

/** The problems, where some are known anew: those of the same codes are replaced. */
export const saidAnew = (known: readonly Problem[], said: readonly Problem[]): Problem[] => [...known.filter((one) => !said.some((other) => other.code === one.code)), ...said];

/** One line each: how bad, its code, where, and what is said. */
export const asText = (problems: readonly Problem[]): string =>
  problems
    .map((one) => [one.severity.toUpperCase(), one.code, one.node ?? '-', one.field ?? '-', one.line ? `${one.line}:${one.column ?? 1}` : '', one.message, one.hint].filter(Boolean).join(' | '))
    .join('\n');
