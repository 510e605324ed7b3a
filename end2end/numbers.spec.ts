// Every number on the page is, equal, in the JSON, the CSV tables and the workbook of the same question: for ten
// questions drawn by rule.
import type { APIRequestContext, Page } from "@playwright/test";
import read from "read-excel-file/node";
import { type Artist, artists, lastMonth, platformRows, report, rows, trackRows } from "./report";
import { expect, openHydrated, test } from "./test";

const tables = ["tracks", "track_totals", "platforms", "artists", "artist_level", "growth", "summary"];

/** Numbers that look drawn and are the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function question(seed: number, known: Artist[]): string {
  const draw = dice(seed);
  const chosen = known.slice(draw(4), draw(4) + 1 + draw(3) + 3).slice(0, 1 + draw(3));
  const [year, month] = lastMonth().split("-").map(Number);
  const back = new Date(Date.UTC(year, month - 1 - draw(6), 1)).toISOString().slice(0, 7);
  const period = draw(3) ? `month=${back}` : `from=${back}-05&to=${back}-${10 + draw(18)}`;
  const options = [
    ["", "&platform=spotify&platform=youtube"][draw(2)],
    ["", "", "&country=IT", "&country=US"][draw(4)],
    ["", "&role=main"][draw(2)],
    ["", "&group=platform&open=all", "&group=date"][draw(3)],
    ["", "&daily=true"][draw(2)],
    ["", "&compare=year", "&compare=none"][draw(3)],
  ];
  return `${chosen.map(({ id }) => `artist=${id}`).join("&")}&${period}${options.join("")}`;
}

/** A number as all compare it: percentages are parts of 1 in one place and of 100 in another. */
const written = (value: number) => value.toFixed(6);

/** The numbers in the cells and cards of the page, but for those in short, which stand beside exact ones. */
async function shown(page: Page): Promise<string[]> {
  const texts = await page.locator("main :is(td.num, th.num, .stat)").allInnerTexts();
  const tokens = texts.flatMap((text) => {
    const plain = text.replace(/\d{4}-\d\d-\d\d|[A-Z][a-z]+ \d{4}/g, " ").replaceAll("−", "-");
    return plain.match(/-?\d[\d,]*(\.\d+)?( ?%|[KMB]\b)?/g) ?? [];
  });
  const exact = tokens.filter((token) => !/[KMB]$/.test(token));
  return exact.map((token) => {
    const number = Number(token.replace(/[, %]/g, ""));
    return written(token.endsWith("%") ? number / 100 : number);
  });
}

/** Every number in a value, and what it would be as a percentage. */
function numbersIn(value: unknown, found = new Set<string>()): Set<string> {
  const isNumber = typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
  if (isNumber) {
    found.add(written(Number(value))).add(written(Number(value) / 100));
  } else if (typeof value === "object" && value !== null) {
    Object.values(value).forEach((part) => numbersIn(part, found));
  }
  return found;
}

async function csv(request: APIRequestContext, query: string): Promise<string[][]> {
  const days = /daily=true|group=date/.test(query) ? ["days"] : [];
  const charts = query.includes("country=") ? ["charts"] : [];
  const answers = [...tables, ...days, ...charts].map(async (table) => {
    const answer = await request.get(`/api/v1/report.csv?${query}&table=${table}`);
    expect(answer.ok(), table).toBe(true);
    return (await answer.text()).split(/[,\n"]/);
  });
  return Promise.all(answers);
}

for (let seed = 1; seed <= 10; seed++) {
  test(`the numbers of question ${seed} are the same everywhere`, async ({ page, request }) => {
    const query = question(seed, (await artists(request)).filter(({ selectable }) => selectable));
    await openHydrated(page, `/analytics?${query}`);
    const json = await report(request, query.replace("&open=all", ""));
    expect(await rows(page.getByRole("table", { name: "Platforms", exact: true })), query).toEqual(platformRows(json));
    if (!query.includes("group=")) {
      expect(await rows(page.getByRole("table", { name: "Tracks by platform" })), query).toEqual(trackRows(json));
    }

    const asked = await page.getByRole("link", { name: "As JSON" }).getAttribute("href");
    const same = asked!.split("?")[1];
    const workbook = await request.get(`/api/v1/report.xlsx?${same}`);
    const sheets = await read(await workbook.body());
    // A day's amount is what was counted on it and its part of longer steps: the JSON has the two.
    const sums = json.days?.flatMap(({ platforms }) => platforms.map(({ value, spread }) => value + spread));
    const places = { JSON: [json, sums], CSV: await csv(request, same), workbook: sheets };
    const numbers = await shown(page);
    expect(numbers.length, query).toBeGreaterThan(10);
    for (const [place, content] of Object.entries(places)) {
      const there = numbersIn(content);
      expect([...new Set(numbers.filter((number) => !there.has(number)))], `missing in ${place}: ${query}`).toEqual([]);
    }
  });
}
