import { describe, expect, it } from 'vitest';
import { picture, type Paint } from '../src/graph/picture';
import { catalogue, draw, node } from './cast';

const paint: Paint = { title: 'Welcome <1>', end: 'End', colour: (name) => name, icon: (name) => `<g id="${name}"/>`, tone: () => 'wait' };

describe('a picture', () => {
  it('holds every step, line and end, wherever they are', () => {
    const graph = draw([node('event-1'), node('wait-1', {}, { position: { x: 5000, y: -900 } })], 'event-1 > wait-1');

    const { svg, width, height } = picture(catalogue, graph, paint);

    expect(width).toBeGreaterThan(5000);
    expect(height).toBeGreaterThan(900);
    expect(svg.match(/>(Event|Wait|End)</g)).toEqual(['>End<', '>Event<', '>Wait<']);
    expect(svg.match(/<path d="M208,28 C/g)).toHaveLength(1);
  });

  it('is well formed, whatever was written', () => {
    const graph = draw([node('event-1', {}, { label: 'A & B < C "quoted" \u0007' })]);

    const { svg } = picture(catalogue, graph, paint);

    expect(svg).toContain('A &amp; B &lt; C &quot;quo');
    expect(svg).toContain('Welcome &lt;1&gt;');
    expect(svg).not.toContain('\u0007');
  });

  it('of nothing is an empty sheet with its title', () => {
    const { svg, width, height } = picture(catalogue, draw([]), paint);

    expect([width, height].every((one) => Number.isFinite(one) && one > 0)).toBe(true);
    expect(svg).toContain('Welcome');
  });
});
