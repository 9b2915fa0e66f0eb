/** What every part of a settings form knows: the form it stands in, what a field is called, and which control it gets. */
import { createContext, useContext } from 'react';
import type { Field } from '../graph/schema';
import type { Json, Problem, Schema } from '../graph/types';

export interface FormContext {
  /** The step whose settings it is about; '' for the properties of the journey. */
  node: string;
  root: Schema;
  readOnly: boolean;
  problems: readonly Problem[];
  /** Put a value at a path such as `paths.0.condition`. `alone`: a step of its own for undo, however close to the last. */
  put: (path: string, value: Json, alone?: boolean) => void;
}

export const Form = createContext<FormContext>({ node: '', root: {}, readOnly: true, problems: [], put: () => undefined });
export const useForm = (): FormContext => useContext(Form);

export const titleOf = (field: Field): string => {
  const text = field.schema.title ?? field.name.replace(/_/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Hours as `09:30`, by what their pattern takes: no minute 60, and no other text. */
function isHour({ pattern }: Schema): boolean {
  if (!pattern) return false;
  const takes = new RegExp(pattern);
  return takes.test('09:30') && takes.test('23:59') && !takes.test('09:60') && !takes.test('9') && !takes.test('aa:bb');
}

export type ControlKind = 'boolean' | 'event' | 'journey' | 'liquid' | 'rows' | 'profile-field' | 'rule-set' | 'audience' | 'namespace' | 'expression' | 'duration' | 'moment' | 'day' | 'hour' | 'choices' | 'time-zone' | 'enum' | 'number' | 'list' | 'object' | 'text' | 'json';

export function controlOf({ schema }: Field): ControlKind {
  const widget = schema['x-widget'] ?? '';
  if (widget === 'event' || widget === 'business-event') return 'event';
  if (widget === 'journey') return 'journey';
  if (widget.startsWith('liquid')) return 'liquid';
  if (widget === 'profile-field') return 'profile-field';
  if (widget === 'time-zone') return 'time-zone';
  if (widget === 'thing-namespace') return 'namespace';
  if (widget === 'rule-set' || widget === 'audience' || widget === 'namespace') return widget;
  if (schema.format === 'expression') return 'expression';
  if (schema.format === 'duration') return 'duration';
  if (schema.format === 'date-time') return 'moment';
  if (schema.format === 'date') return 'day';
  if (schema.type === 'string' && isHour(schema)) return 'hour';
  if (schema.type === 'array' && schema.items?.enum) return 'choices';
  if (schema.enum || schema.const !== undefined) return 'enum';
  switch (schema.type) {
    case 'boolean': return 'boolean';
    case 'number':
    case 'integer': return 'number';
    case 'array': return widget === 'rows' || schema.items?.type === 'object' || schema.items?.$ref || schema.items?.properties ? 'rows' : 'list';
    case 'object': return schema.properties ? 'object' : 'json';
    case 'string': return 'text';
    default: return 'json';
  }
}

export interface ControlProps {
  field: Field;
  path: string;
  value: Json | undefined;
  id: string;
  invalid: boolean;
  describe?: string;
}
