/** Short lists that this browser keeps for the person who uses it. */
import { boot } from './boot';

const place = (key: string): string => `journeyopt.canvas.${boot.user?.name ?? ''}.${key}`;

export function keptList(key: string): string[] {
  try {
    const found = JSON.parse(localStorage.getItem(place(key)) ?? '[]') as unknown;
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function keepList(key: string, list: readonly string[]): void {
  try {
    localStorage.setItem(place(key), JSON.stringify(list));
  } catch {
    // A browser that stores nothing still edits journeys.
  }
}
