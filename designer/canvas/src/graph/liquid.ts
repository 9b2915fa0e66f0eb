/** Fields as a message template writes them. */

/** A field of the expression language in Liquid: what stands in quotes there stands in brackets here. */
export function liquidName(field: { label: string; source: string }): string {
  const path = field.label.replace(/\.?("[^"]*")/g, '[$1]');
  const below = (root: string): string => (path.startsWith('[') ? `${root}${path}` : `${root}.${path}`);
  switch (field.source) {
    case 'event': return below('events');
    case 'profile': return path.replace(/^Profile(?=[.[])/, 'profile');
    case 'action': return below('actions');
    default: return below('journey');
  }
}
