// What the page must say for a report of the JSON API: the same numbers, in the page's format.
import type { APIRequestContext, Locator } from "@playwright/test";

export type Figure = { estimate: number; low: number; high: number | null; exact: boolean } | null;
export type Cell = {
  platform: string;
  total: Figure;
  average_daily: string | null;
  peak: { value: number; day: string; exact: boolean } | null;
  days_tracked: number;
};
type Change = { change: string; percent: string | null; before: number; after: number; exact: boolean };
export type Report = {
  growth?: Change & { platforms: (Change & { platform: string })[]; track_rows: (Change & { uuid: string })[] };
  incomplete?: { series: number };
  freshness: { platform: string; data_until: string | null }[];
  artists: { name: string; tracks: number; total: Figure }[];
  shared: { tracks: string[]; total: Figure };
  summary: {
    total: Figure;
    units: { unit: string; total: Figure }[];
    tracks: number;
    tracks_of: number;
    average_daily: string | null;
    days_tracked: number;
    coverage: string | null;
  };
  platforms: (Cell & { name: string; unit: string; state: string; share: string | null; coverage: string | null; peak_spread: number })[];
  tracks: { uuid: string; name: string; credit: string; state: string; total: Figure; platforms: Cell[] }[];
  days?: { day: string; platforms: { value: number; spread: number; covered: number; missing: number; corrected: number }[] }[];
};
export type Artist = { id: string; name: string; tracks: number; selectable: boolean };

export { lastMonth } from "../scripts/demo-server.mjs";

/** The artists who are found, those with most tracks first. */
export async function artists(request: APIRequestContext, q = ""): Promise<Artist[]> {
  const response = await request.get("/api/v1/artists", { params: q ? { q, limit: 50 } : { limit: 50 } });
  const items: Artist[] = (await response.json()).items;
  return items.sort((a, b) => b.tracks - a.tracks);
}

/** The report on a page's query, which compares with the period before unless it says otherwise. */
export async function report(request: APIRequestContext, query: string, server = ""): Promise<Report> {
  const compared = query.includes("compare=") ? query.replace("&compare=none", "") : `${query}&compare=previous`;
  const response = await request.get(`${server}/api/v1/report?${compared}`);
  if (!response.ok()) throw new Error(await response.text());
  return response.json();
}

export const grouped = (number: number) => number.toLocaleString("en-US");
/** The sign of S10 before a text: nothing, "≥" or "≈". */
export const mark = (text: string, figure: Figure) => {
  if (!figure || figure.exact) return text;
  return figure.high === null && figure.low === figure.estimate ? `≥ ${text}` : `≈ ${text}`;
};
export const figure = (figure: Figure) => (figure ? mark(grouped(figure.estimate), figure) : "–");
export const percent = (share: string | null) => (share === null ? "–" : `${(Number(share) * 100).toFixed(2)} %`);
export const average = (cell: { average_daily: string | null; total: Figure }) => {
  if (cell.average_daily === null) return "–";
  const [whole, tenth] = cell.average_daily.split(".");
  return mark(`${grouped(Number(whole))}.${tenth}`, cell.total);
};
/** A peak without a part of longer steps lacks something only where it is not exact: at least that much. */
export const peak = ({ peak, peak_spread = NaN }: Cell & { peak_spread?: number }) => {
  if (!peak) return "–";
  const sign = peak.exact ? "" : peak_spread === 0 ? "≥ " : "≈ ";
  return `${sign}${grouped(peak.value)} ${peak.day}`;
};
/** A number in a few characters: "15.8M", "526K", "980". */
export const compact = (amount: number) => {
  const scales: [number, string][] = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const [scale, letter] = scales.find(([scale]) => amount >= scale - scale / 2000) ?? [1, ""];
  if (!letter) return String(amount);
  const tenths = Math.floor((amount * 20 + scale) / (2 * scale));
  if (letter === "K" && tenths >= 1000) return `${Math.floor((amount * 2 + scale) / (2 * scale))}K`;
  return `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ""}${letter}`;
};
export const change = ({ change, percent, exact }: Change) => {
  if (change !== "percent" || percent === null) return change;
  const about = exact ? "" : "≈ ";
  if (percent.startsWith("-")) return `${about}−${percent.slice(1)} %`;
  return `${about}${percent === "0.0" ? "±" : "+"}${percent} %`;
};
/** A change and the two numbers that it compares. */
export const compared = (row: Change) => {
  const about = row.exact ? "" : "≈ ";
  const operands = ` ${about}${compact(row.before)} → ${about}${compact(row.after)}`;
  return change(row) + (row.change === "n/a" ? "" : operands);
};
export const units = (report: Report) =>
  report.summary.units
    .filter((unit) => unit.total)
    .map((unit) => unit.unit)
    .join(" + ");

/** The rows of the platform table. */
export function platformRows(report: Report): string[][] {
  const { summary, growth } = report;
  const rows = report.platforms.map((row) => [
    `${row.name} ${row.unit}`,
    row.state === "absent" ? "none" : figure(row.total),
    row.share === null ? "–" : `${row.share} %`,
    ...(growth ? [compared(growth.platforms.find((other) => other.platform === row.platform)!)] : []),
    peak(row),
    average(row),
    String(row.days_tracked),
    percent(row.coverage),
    report.freshness.find((fresh) => fresh.platform === row.platform)?.data_until ?? "–",
  ]);
  const total = [
    `TOTAL ${units(report)}`,
    figure(summary.total) + (report.incomplete ? " incomplete" : ""),
    report.platforms.some((row) => row.share !== null) ? "100.0 %" : "–",
    ...(growth ? [compared(growth)] : []),
    "",
    average(summary),
    String(summary.days_tracked),
    percent(summary.coverage),
    "",
  ];
  return [...rows, total];
}

/** The rows of the track table, closed: largest total first, unknown last. */
export function trackRows(report: Report): string[][] {
  return report.tracks.map((track) => [
    `${track.name} ${track.credit}`,
    track.state === "absent" ? "none" : figure(track.total),
    ...(report.growth ? [compared(report.growth.track_rows.find(({ uuid }) => uuid === track.uuid)!)] : []),
    ...report.platforms.map((platform) => {
      const cell = track.platforms.find((cell) => cell.platform === platform.platform);
      return cell ? figure(cell.total) : "";
    }),
  ]);
}

/** The rows of an opened track, without its notes. */
export function cellRows(report: Report, track: Report["tracks"][number]): string[][] {
  return track.platforms.map((cell) => {
    const platform = report.platforms.find((row) => row.platform === cell.platform)!;
    return [
      `${platform.name} ${platform.unit}`,
      figure(cell.total),
      average(cell),
      peak(cell),
      String(cell.days_tracked),
    ];
  });
}

/** What the rows of a table say: visible text, bounds and explanations left out. */
export async function rows(table: Locator): Promise<string[][]> {
  return table.evaluate((table) => {
    const text = (cell: Element) => {
      const copy = cell.cloneNode(true) as Element;
      copy.querySelectorAll(".sr-only, .arrow, .logo-letter, details > :not(summary)").forEach((part) => part.remove());
      return [...copy.childNodes]
        .flatMap((node) => (node instanceof Element ? [node.textContent ?? ""] : [node.textContent ?? ""]))
        .join(" ")
        .replace(/\s+/g, " ")
        .trim();
    };
    const own = [...table.querySelectorAll("tbody > tr, tfoot > tr")].filter(
      (row) => row.closest("table") === table && !row.classList.contains("detail"),
    );
    return own.map((row) => [...row.children].filter((cell) => !cell.matches(".trend")).map(text));
  });
}
