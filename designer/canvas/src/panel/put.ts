/** Writing into the settings of a step, or the properties of the journey. */
import type { Json, Settings } from '../graph/types';

/** The settings with a value put at a path such as `paths.0.condition`. */
export function putAt(settings: Settings, path: string, value: Json): Settings {
  const put = (into: Json | undefined, keys: string[]): Json => {
    if (keys.length === 0) return value;
    const [key, ...rest] = keys;
    if (Array.isArray(into)) return into.map((one, at) => (String(at) === key ? put(one, rest) : one));
    const object = into !== null && typeof into === 'object' ? into : {};
    return { ...object, [key]: put(object[key], rest) };
  };
  return put(settings, path.split('.')) as Settings;
}
