/** The whole journey as a picture, to be kept or shown to others. */
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { edgesInto } from '../graph/lookup';
import { picture, type Picture } from '../graph/picture';
import { t } from '../messages';
import { ActivityIcon, toneOf } from '../nodes/icons';
import { get, toast } from '../store/canvas';

const SCALE = 2;
/** Browsers draw no larger pictures; the scale gives way. */
const LARGEST = 8192;

export async function downloadPicture(): Promise<void> {
  const { catalogue, graph, version } = get();
  if (!version) return;
  const name = version.journey.name || t.untitled;
  try {
    const drawn = picture(catalogue, graph, {
      title: `${name} · ${t.versionNumber(version.number)} · ${t.status[version.status] ?? version.status}`,
      end: t.end,
      colour: colours(),
      icon: icons([...new Set([...graph.nodes.map((node) => catalogue.get(node.type)?.icon ?? 'unplug')])]),
      tone: (node) => {
        const activity = catalogue.get(node.type);
        return activity?.start && edgesInto(graph, node.id).length === 0 ? 'start' : toneOf(activity?.category ?? '');
      },
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await png(drawn));
    link.download = `${name.replace(/[^\p{L}\p{N} _.-]+/gu, '').trim() || 'journey'} ${version.number}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'bad');
  }
}

async function png({ svg, width, height }: Picture): Promise<Blob> {
  const scale = Math.min(SCALE, LARGEST / width, LARGEST / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const sheet = document.createElement('canvas');
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  sheet.getContext('2d')?.drawImage(image, 0, 0, sheet.width, sheet.height);
  return new Promise((done, failed) => sheet.toBlob((blob) => (blob ? done(blob) : failed(new Error(t.noPicture))), 'image/png'));
}

/** The colours of the theme as they are here: a picture has no style sheet. */
function colours(): (name: string) => string {
  const probe = document.createElement('i');
  document.getElementById('canvas-root')?.append(probe);
  const known = new Map<string, string>();
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  for (const name of ['canvas', 'raised', 'sunken', 'line', 'line-strong', 'text', 'text-2']) known.set(name, read(name));
  for (const tone of ['start', 'message', 'condition', 'wait', 'experiment', 'action', 'exit']) {
    known.set(`cat-${tone}`, read(`cat-${tone}`));
    known.set(`cat-${tone}-bg`, read(`cat-${tone}-bg`));
  }
  probe.remove();
  return (name) => known.get(name) ?? 'gray';
}

function icons(names: readonly string[]): (name: string) => string {
  const host = document.createElement('div');
  const root = createRoot(host);
  flushSync(() => root.render(names.map((name) => <i key={name}><ActivityIcon name={name} /></i>)));
  const drawn = new Map(names.map((name, at) => [name, host.children[at]?.innerHTML ?? '']));
  root.unmount();
  return (name) => drawn.get(name) ?? '';
}
