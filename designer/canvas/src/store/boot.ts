/** What the page gives the canvas to start with: ids, addresses, the CSRF token. */

export interface Boot {
  version_id: string;
  journey_id: string;
  csrf_token: string;
  theme?: string;
  urls: { api: string; ws: string; journeys: string; profile: string; version?: string; readings?: string };
  user?: { name?: string };
  locale?: string;
  messages?: unknown;
}

export function readBoot(): Boot {
  const text = document.getElementById('boot')?.textContent;
  if (!text) throw new Error('The page has no boot data: expected <script id="boot" type="application/json">.');
  return JSON.parse(text) as Boot;
}

export const boot: Boot = readBoot();

export const profileUrl = (id: string): string => boot.urls.profile.replace('{id}', encodeURIComponent(id));

/** The page of another version: where the server names it, else this page's address with the other id. */
export function versionUrl(version: { id: string; url?: string }): string {
  if (version.url) return version.url;
  if (boot.urls.version) return boot.urls.version.replace('{id}', encodeURIComponent(version.id));
  return window.location.pathname.replace(String(boot.version_id), String(version.id));
}
