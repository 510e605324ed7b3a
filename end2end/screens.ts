// The screens of the product, each in the states that people meet.
import type { APIRequestContext } from "@playwright/test";
import { artists, lastMonth, report } from "./report";
import { emptyServer } from "./test";

/** What addresses are made of: artists with much data, a track of the first, the last whole month; and their names. */
type Known = { one: string; three: string; track: string; month: string; names: string[] };

/** Each screen by its name: its address over the demo, or over the empty server. */
export const screens: Record<string, (known: Known) => string> = {
  form: () => "/analytics?month=2026-03",
  "form-refused": () => "/analytics?picked=1&x=y",
  "form-search": () => "/analytics?q=velvet",
  report: ({ one, month }) => `/analytics?${one}&month=${month}`,
  "report-daily": ({ one, track, month }) => `/analytics?${one}&month=${month}&daily=true&open=${track}`,
  "report-platforms": ({ three, month }) => `/analytics?${three}&month=${month}&group=platform&open=spotify&country=IT`,
  "report-dates": ({ three, month }) => `/analytics?${three}&month=${month}&group=date&chart=stacked`,
  "report-never-fetched": ({ one }) => `/analytics?${one}&month=2010-01`,
  artists: () => "/artists",
  "artists-provider": () => "/artists?provider=velvet",
  "artists-empty": () => `${emptyServer}/artists?q=nobody`,
  artist: ({ one }) => `/artists/${one.replace("artist=", "")}`,
  track: ({ track, month }) => `/tracks/${track}?month=${month}`,
  syncs: () => `${emptyServer}/syncs`,
  platforms: () => "/platforms",
  "not-found": () => "/nothing-here",
  "sign-in": () => "/sign-in",
  account: () => "/account",
  imports: () => "/imports",
  users: () => "/users",
  audit: () => "/audit",
  "api-docs": () => "/api/docs",
};

/** Screens that the server renders whole: no script runs on them. */
export const whole = new Set(["sign-in", "account", "imports", "users", "audit", "api-docs"]);

export async function known(request: APIRequestContext): Promise<Known> {
  const first = (await artists(request)).slice(0, 3);
  const [[one, ...others], month] = [first.map(({ id }) => `artist=${id}`), lastMonth()];
  const [track] = (await report(request, `${one}&month=${month}`)).tracks;
  const names = [...first.map(({ name }) => name), track.name];
  return { one, three: [one, ...others].join("&"), track: track.uuid, month, names };
}
