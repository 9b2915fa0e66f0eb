import { describe, expect, it } from 'vitest';
import { fieldsOf, initial, isShown, move, newRow, newRowId, resolve, withDefaults } from '../src/graph/schema';
import type { Schema, Settings } from '../src/graph/types';

const root: Schema = {
  type: 'object',
  required: ['event'],
  properties: {
    event: { type: 'string', title: 'Event', minLength: 1 },
    timeout: { anyOf: [{ type: 'string', format: 'duration' }, { type: 'null' }], default: null, title: 'Wait' },
    timeout_path: { type: 'boolean', default: false, 'x-when': 'timeout' },
    paths: { type: 'array', items: { $ref: '#/$defs/Path' }, minItems: 1 },
  },
  $defs: { Path: { type: 'object', title: 'Path', required: ['id'], properties: { id: { type: 'string' }, label: { type: 'string', default: '' }, share: { type: 'number' } } } },
};

describe('reading a settings schema', () => {
  it('sees through "or nothing" and keeps what the place says itself', () => {
    const { schema, nullable } = resolve(root, root.properties!.timeout);

    expect(nullable).toBe(true);
    expect(schema).toMatchObject({ type: 'string', format: 'duration', title: 'Wait', default: null });
  });

  it('follows references, and says its own title over that of what it refers to', () => {
    expect(resolve(root, { $ref: '#/$defs/Path', title: 'Way' }).schema).toMatchObject({ type: 'object', title: 'Way' });
    expect(resolve(root, { allOf: [{ $ref: '#/$defs/Path' }] }).schema.properties).toHaveProperty('share');
    expect(resolve(root, { $ref: '#/$defs/Gone' }).schema).toEqual({});
  });

  it('leaves a choice of several kinds a choice, and takes a list of types', () => {
    expect(resolve(root, { anyOf: [{ type: 'string' }, { type: 'number' }] }).schema.anyOf).toHaveLength(2);
    expect(resolve(root, { type: ['integer', 'null'] })).toEqual({ schema: { type: 'integer' }, nullable: true });
  });

  it('ends with a reference that leads to itself', () => {
    const circular: Schema = { $defs: { A: { $ref: '#/$defs/A' } } };

    expect(resolve(circular, { $ref: '#/$defs/A' }).schema).toBeDefined();
  });

  it('lists fields in order, with what is required', () => {
    expect(fieldsOf(root, root).map((field) => [field.name, field.required, field.nullable])).toEqual([
      ['event', true, false],
      ['timeout', false, true],
      ['timeout_path', false, false],
      ['paths', false, false],
    ]);
  });

  it('shows a field only while the setting it hangs on is set, and never a hidden one', () => {
    const [event, , path] = fieldsOf(root, root);

    expect(isShown(path, { timeout: null })).toBe(false);
    expect(isShown(path, { timeout: 'P1D' })).toBe(true);
    expect(isShown(event, {}, ['event'])).toBe(false);
  });
});

it('reads settings with the defaults that are not written down, and writes nothing', () => {
  const settings = { event: 'A' };

  expect(withDefaults(root, settings)).toEqual({ event: 'A', timeout: null, timeout_path: false });
  expect(withDefaults(root, { timeout_path: true })).toMatchObject({ timeout_path: true });
  expect(settings).toEqual({ event: 'A' });
});

describe('first values', () => {
  it.each([
    [{ type: 'string' }, ''],
    [{ type: 'boolean' }, false],
    [{ type: 'array' }, []],
    [{ type: 'integer' }, null],
    [{ enum: ['POST', 'GET'] }, 'POST'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, null],
    [{ type: 'object', properties: { a: { type: 'string', default: 'x' }, b: { type: 'boolean' } } }, { a: 'x', b: false }],
  ] as [Schema, unknown][])('of %j', (schema, value) => {
    expect(initial(root, schema)).toEqual(value);
  });

  it('are not shared between rows', () => {
    const schema: Schema = { type: 'array', default: [1] };

    expect(initial(root, schema)).not.toBe(schema.default);
  });
});

it('shows a field when the setting beside it is on, or has the value it names', () => {
  const schema: Schema = { properties: { mode: { type: 'string' }, until: { type: 'string', 'x-when': 'mode=custom' }, late: { type: 'boolean', 'x-when': 'until' } } };
  const shown = (settings: Settings): string[] => fieldsOf(schema, schema).filter((field) => isShown(field, settings)).map((field) => field.name);

  expect(shown({})).toEqual(['mode']);
  expect(shown({ mode: 'custom', until: 'x' })).toEqual(['mode', 'until', 'late']);
  expect(shown({ mode: 'duration', until: '' })).toEqual(['mode']);
});

it('shows a field when the setting beside it has one of several values', () => {
  const schema: Schema = { properties: { schedule: { type: 'string' }, every: { type: 'integer', 'x-when': 'schedule=daily|weekly' } } };
  const every = fieldsOf(schema, schema)[1];

  expect(['daily', 'weekly', 'once', ''].map((schedule) => isShown(every, { schedule }))).toEqual([true, true, false, false]);
  expect(isShown(every, {})).toBe(false);
});

it('shows a field when all that it asks for is so', () => {
  const schema: Schema = { properties: { schedule: { type: 'string' }, waves: { type: 'string' }, count: { type: 'integer', 'x-when': 'schedule=once|daily&waves=equal' } } };
  const count = fieldsOf(schema, schema)[2];

  expect(isShown(count, { schedule: 'once', waves: 'equal' })).toBe(true);
  expect(isShown(count, { schedule: 'weekly', waves: 'equal' })).toBe(false);
  expect(isShown(count, { schedule: 'once', waves: 'none' })).toBe(false);
});

describe('rows', () => {
  it('get ids that follow the ones there are and are not used again', () => {
    expect(newRowId([], 'paths')).toBe('path-1');
    expect(newRowId([{ id: 'path-1' }, { id: 'path-7' }], 'paths')).toBe('path-8');
    expect(newRowId([{ id: 'variant-2' }, { id: 'other' }, null, 'x'], 'paths')).toBe('variant-3');
    expect(newRowId([], 'query_parameters')).toBe('query-parameter-1');
  });

  it('start with what their schema says', () => {
    expect(newRow(root, [], 'paths', { $ref: '#/$defs/Path' })).toEqual({ id: 'path-1', label: '', share: null });
  });

  it('move to another place', () => {
    expect(move(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
    expect(move(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c']);
  });
});
