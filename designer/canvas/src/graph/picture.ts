/** A journey as one SVG: all of it, whatever part of it is on the screen. */
import { curvePath, edgePoints, endTags, END_HEIGHT, HEAD, NODE_WIDTH, NOTE, outletPoint, PAD, ROW, rowsOf, sizeOf } from './geometry';
import { endLabel, nodeById } from './lookup';
import { portsOf } from './ports';
import { nameOf, notesOf, summaryOf } from './summary';
import type { Catalogue, Graph, GraphNode } from './types';

const MARGIN = 48;
const TITLE = 44;
const CHIP = 16;

export interface Paint {
  title: string;
  /** What an end without a label is called. */
  end: string;
  /** The value of a colour of the style sheet. */
  colour: (name: string) => string;
  /** The picture of an icon, 16 by 16, that takes `currentColor`. */
  icon: (name: string) => string;
  /** The category whose colours a step has. */
  tone: (node: GraphNode) => string;
}

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

export function picture(catalogue: Catalogue, graph: Graph, paint: Paint): Picture {
  const { colour } = paint;
  const tags = endTags(catalogue, graph).map((tag) => ({ ...tag, label: cut(endLabel(graph, tag.outlet) || paint.end, 22) }));
  const boxes = [
    ...graph.nodes.map((node) => ({ ...node.position, ...sizeOf(catalogue, graph, node) })),
    ...tags.map((tag) => ({ ...tag.position, width: widthOf(tag.label) + 36, height: END_HEIGHT })),
  ];
  const left = Math.min(0, ...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((box) => box.y)) - MARGIN - TITLE;
  const width = Math.max(NODE_WIDTH, ...boxes.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(HEAD, ...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  const parts = [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colour('canvas')}"/>`,
    text(left + MARGIN, top + MARGIN, paint.title, { size: 16, weight: 600, fill: colour('text') }),
    ...graph.edges.flatMap((edge) => {
      const ends = edgePoints(catalogue, graph, edge);
      return ends ? [line(curvePath(ends.from, { x: ends.to.x - 1, y: ends.to.y }), colour('line-strong')), arrow(ends.to.x, ends.to.y, colour('line-strong'))] : [];
    }),
    ...tags.map((tag) => {
      const node = nodeById(graph, tag.outlet.node) as GraphNode;
      const from = outletPoint(catalogue, graph, node, tag.outlet.port);
      const { x, y } = tag.position;
      return [
        line(curvePath(from, { x, y: y + END_HEIGHT / 2 }), colour('line-strong'), '3 4'),
        `<rect x="${x}" y="${y + 2}" width="${widthOf(tag.label) + 36}" height="22" rx="11" fill="${colour('cat-exit-bg')}"/>`,
        `<rect x="${x + 10}" y="${y + 9}" width="8" height="8" rx="1.5" fill="${colour('cat-exit')}"/>`,
        text(x + 23, y + 17, tag.label, { size: 12, fill: colour('text-2') }),
      ].join('');
    }),
    ...graph.nodes.map((node) => step(catalogue, graph, node, paint)),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="Inter, system-ui, sans-serif">${parts.join('')}</svg>`;
  return { svg, width, height };
}

function step(catalogue: Catalogue, graph: Graph, node: GraphNode, { colour, icon, tone }: Paint): string {
  const activity = catalogue.get(node.type);
  const { x, y } = node.position;
  const { height } = sizeOf(catalogue, graph, node);
  const rows = rowsOf(catalogue, graph, node);
  const ports = portsOf(catalogue, graph, node);
  return [
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${NODE_WIDTH - 1}" height="${height - 1}" rx="8" fill="${colour('raised')}" stroke="${colour('line-strong')}"/>`,
    `<rect x="${x + 12}" y="${y + 12}" width="32" height="32" rx="6" fill="${colour(`cat-${tone(node)}-bg`)}"/>`,
    `<g transform="translate(${x + 20} ${y + 20})" color="${colour(`cat-${tone(node)}`)}">${icon(activity?.icon ?? 'unplug')}</g>`,
    text(x + 54, y + 25, cut(nameOf(activity, node), 21), { size: 13, weight: 600, fill: colour('text') }),
    text(x + 54, y + 41, cut(activity ? summaryOf(activity, node) : node.type, 24), { size: 12, fill: colour('text-2') }),
    ...notesOf(activity, graph, node).map((note, at, all) => text(x + 12, y + height - PAD - NOTE * (all.length - at) + 13, cut(note, 34), { size: 11, fill: colour('text-2') })),
    rows ? `<path d="M${x + 1},${y + HEAD} h${NODE_WIDTH - 2}" stroke="${colour('line')}"/>` : '',
    ...ports.map((port, at) => {
      const on = outletPoint(catalogue, graph, node, port.name);
      const label = cut(port.label, 24);
      const chip = rows && label
        ? `<rect x="${on.x - 12 - widthOf(label) - CHIP}" y="${y + HEAD + PAD + ROW * at + 3}" width="${widthOf(label) + CHIP}" height="20" rx="4" fill="${colour('sunken')}"/>${text(on.x - 12 - CHIP / 2, on.y + 4, label, { size: 12, fill: colour('text-2'), end: true })}`
        : '';
      return `${chip}<circle cx="${on.x}" cy="${on.y}" r="4" fill="${colour('raised')}" stroke="${colour('line-strong')}" stroke-width="2"/>`;
    }),
  ].join('');
}

const line = (path: string, colour: string, dashes = ''): string => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.75"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`;
const arrow = (x: number, y: number, colour: string): string => `<path d="M${x - 6},${y - 4} L${x - 1},${y} L${x - 6},${y + 4}" fill="none" stroke="${colour}" stroke-width="1.75"/>`;

function text(x: number, y: number, words: string, { size, fill, weight = 400, end = false }: { size: number; fill: string; weight?: number; end?: boolean }): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${end ? ' text-anchor="end"' : ''}>${escaped(words)}</text>`;
}

// Letters are not measured: a picture is drawn where there is no page, too.
const widthOf = (words: string): number => Math.round(words.length * 6.6);
const cut = (words: string, most: number): string => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

/** What XML takes in a text: no markup, and no control characters, for which it has no way to say them. */
const escaped = (words: string): string => words.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] as string);
