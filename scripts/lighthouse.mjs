// Lighthouse on the report page, desktop preset, the median of three runs: accessibility and best practices must
// reach 95, performance is printed. Needs the release build (`make build`) and Chromium.
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import { artist, chromiumPath, lastMonth, withDemo } from "./demo-server.mjs";

const least = 95;
const gated = ["accessibility", "best-practices"];
const categories = ["performance", ...gated];

/** Lighthouse sometimes gets no navigation into its trace and asks to be run again. */
const recordings = 3;

/** The scores of one run, from 0 to 100, with the audits of the gated ones that did not pass. */
async function run(url, session) {
  const lhr = await recorded(url, session, recordings);
  const failed = gated
    .flatMap((category) => lhr.categories[category].auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1);
  return {
    scores: categories.map((category) => Math.round(lhr.categories[category].score * 100)),
    failed: failed.map(({ id }) => `${id}: ${lhr.audits[id].title}`),
  };
}

/** The result of a run in a browser that nothing else controls; what could not be recorded is recorded again. */
async function recorded(url, { name, value }, tries) {
  const browser = await launch({ chromePath: chromiumPath(), chromeFlags: ["--headless=new", "--no-sandbox"] });
  try {
    const options = { port: browser.port, logLevel: "error", onlyCategories: categories, extraHeaders: { cookie: `${name}=${value}` } };
    const { lhr } = await lighthouse(url, options, desktopConfig);
    if (!lhr.runtimeError) return lhr;
    if (lhr.runtimeError.code !== "NO_NAVSTART" || tries === 1) throw new Error(lhr.runtimeError.message);
  } finally {
    browser.kill();
  }
  return recorded(url, { name, value }, tries - 1);
}

await withDemo(3118, async (base, session) => {
  const url = `${base}/analytics?artist=${await artist(base, session, "Glass Pelican")}&month=${lastMonth()}&daily=true`;
  const runs = [];
  for (let turn = 0; turn < 3; turn++) runs.push(await run(url, session));
  const median = (place) => runs.map(({ scores }) => scores[place]).sort((a, b) => a - b)[1];
  const scores = categories.map((category, place) => [category, median(place)]);
  console.log(`figure: ${scores.map(([category, score]) => `${category} ${score}`).join(", ")}`);
  for (const [category, score] of scores) {
    if (gated.includes(category) && score < least) {
      console.log(`${category} must reach ${least}`);
      for (const { failed } of runs) console.log(failed.join("\n"));
      process.exitCode = 1;
    }
  }
});
