/** Reading a settings schema: references followed, "or nothing" seen through, rows given ids. */
import type { Json, Schema, Settings } from './types';

export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
  nullable: boolean;
}

/** The schema a place means: `$ref` followed, `anyOf [X, null]` taken as X, own keywords kept. */
export function resolve(root: Schema, schema: Schema): { schema: Schema; nullable: boolean } {
  let now = schema;
  let nullable = false;
  for (let depth = 0; depth < 8; depth += 1) {
    const inner = now.allOf?.length === 1 ? now.allOf[0] : undefined;
    const ref = now.$ref ?? undefined;
    const choices = now.anyOf ?? now.oneOf;
    if (ref) {
      const found = root.$defs?.[ref.replace(/^#\/\$defs\//, '')] ?? {};
      const { $ref: _, ...own } = now;
      now = { ...found, ...own };
    } else if (inner) {
      const { allOf: _, ...own } = now;
      now = { ...inner, ...own };
    } else if (choices) {
      const real = choices.filter((one) => one.type !== 'null');
      if (real.length < choices.length) nullable = true;
      if (real.length !== 1) break;
      const { anyOf: _, oneOf: __, ...own } = now;
      now = { ...real[0], ...own };
    } else break;
  }
  if (Array.isArray(now.type)) {
    nullable ||= now.type.includes('null');
    now = { ...now, type: now.type.find((one) => one !== 'null') };
  }
  return { schema: now, nullable };
}

export function fieldsOf(root: Schema, schema: Schema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, raw]) => ({
    name,
    required: schema.required?.includes(name) ?? false,
    ...resolve(root, raw),
  }));
}

/**
 * Is the field shown now? `x-when` names a setting beside it that is switched on, or one and its value or
 * values (`mode=custom`, `schedule=daily|weekly`), or several of these (`schedule=once&waves=equal`);
 * `hidden` are settings without sense where the node stands.
 */
export function isShown(field: Field, settings: Settings, hidden: readonly string[] = []): boolean {
  if (hidden.includes(field.name)) return false;
  return meets(field.schema['x-when'] ?? '', settings);
}

/** Is a condition such as `schedule=once&waves=equal` met? */
export function meets(when: string, settings: Settings): boolean {
  return !when || when.split('&').every((one) => {
    const [name, values] = one.split('=');
    return values === undefined ? Boolean(settings[name]) : values.split('|').includes(String(settings[name]));
  });
}

/** The settings that count: those whose `x-when` is met. */
export function shownSettings(schema: Schema, settings: Settings): Settings {
  const all = withDefaults(schema, settings);
  const idle = fieldsOf(schema, schema).filter((field) => !isShown(field, all)).map((field) => field.name);
  return idle.length ? Object.fromEntries(Object.entries(all).filter(([name]) => !idle.includes(name))) : all;
}

/** Settings as the server reads them: what is not written down has its default. */
export function withDefaults(schema: Schema, settings: Settings): Settings {
  const missing = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => (settings[name] === undefined && one.default !== undefined ? [[name, one.default] as const] : []));
  return missing.length ? { ...settings, ...Object.fromEntries(missing) } : settings;
}

/** A first value for a field without one. */
export function initial(root: Schema, raw: Schema): Json {
  const { schema, nullable } = resolve(root, raw);
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (nullable) return null;
  if (schema.enum?.length) return schema.enum[0];
  switch (schema.type) {
    case 'boolean': return false;
    case 'array': return [];
    case 'object': return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, initial(root, one)]));
    case 'number':
    case 'integer': return null;
    default: return '';
  }
}

/** `path-3`: ids of rows follow the ones already there and are never used twice while any higher one stands. */
export function newRowId(list: readonly Json[], name: string): string {
  const idsHere = list.flatMap((row) => (row !== null && typeof row === 'object' && !Array.isArray(row) && typeof row.id === 'string' ? [row.id] : []));
  const stem = idsHere.map((id) => /^(.*)-\d+$/.exec(id)?.[1]).find(Boolean) ?? name.replace(/s$/, '').replace(/_/g, '-');
  const highest = Math.max(0, ...idsHere.map((id) => Number(/-(\d+)$/.exec(id)?.[1] ?? 0)));
  return `${stem}-${highest + 1}`;
}

export function newRow(root: Schema, list: readonly Json[], name: string, item: Schema): Json {
  const { schema } = resolve(root, item);
  const row = initial(root, schema);
  if (row !== null && typeof row === 'object' && !Array.isArray(row) && schema.properties?.id) row.id = newRowId(list, name);
  return row;
}

export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  next.splice(to, 0, one);
  return next;
}
