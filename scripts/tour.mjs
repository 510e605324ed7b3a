// The one-minute video of the user guide: somebody uses the running product with its demo data, and captions say what
// they do. `make guide` takes it anew; it needs Chromium and ffmpeg.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { artist, chromiumPath, lastMonth, withDemo } from "./demo-server.mjs";

const video = "docs/images/tour.webm";
const size = { width: 1280, height: 800 };

/** Keeps every frame that the browser paints, with its time in seconds; returns what stops it. */
async function record(page, directory) {
  const frames = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
    const file = join(directory, `${String(frames.length).padStart(5, "0")}.jpg`);
    writeFileSync(file, Buffer.from(data, "base64"));
    frames.push({ file, at: metadata.timestamp });
    devtools.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await devtools.send("Page.startScreencast", { format: "jpeg", quality: 92, maxWidth: size.width, maxHeight: size.height });
  return async () => {
    await devtools.send("Page.stopScreencast");
    return frames;
  };
}

/** Frames at the times at which they were painted, as a video. */
function encode(frames, directory) {
  const line = ({ file, at }, place) => {
    const shown = (frames[place + 1]?.at ?? at + 1.5) - at;
    return `file '${file}'\nduration ${shown.toFixed(3)}\n`;
  };
  const list = join(directory, "frames.txt");
  writeFileSync(list, frames.map(line).join(""));
  const input = ["-f", "concat", "-safe", "0", "-i", list];
  const output = ["-vf", "fps=15", "-c:v", "libvpx-vp9", "-crf", "38", "-b:v", "0", "-row-mt", "1", "-pix_fmt", "yuv420p"];
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", ...input, ...output, video], { stdio: "inherit" });
}

/** A sentence at the foot of the page, and time to read it. */
async function say(page, words, seconds = 2.5) {
  await page.evaluate((words) => {
    const style = {
      position: "fixed", left: "50%", bottom: "28px", transform: "translateX(-50%)", zIndex: "99", padding: "10px 22px",
      borderRadius: "999px", background: "#111c", color: "#fff", font: "600 19px system-ui", whiteSpace: "nowrap",
    };
    let caption = document.getElementById("caption");
    if (!caption) {
      caption = document.createElement("div");
      caption.id = "caption";
      Object.assign(caption.style, style);
      document.body.append(caption);
    }
    caption.textContent = words;
  }, words);
  await page.waitForTimeout(seconds * 1000);
}

/** Scrolls to something as a hand would. */
async function show(page, selector, seconds = 2) {
  await page.locator(selector).first().evaluate((element) => {
    const top = element.getBoundingClientRect().top + window.scrollY - 90;
    window.scrollTo({ top, behavior: "smooth" });
  });
  await page.waitForTimeout(seconds * 1000);
}

async function tour(page, late) {
  const [year, month] = lastMonth().split("-");
  await page.goto("/analytics");
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await say(page, "How did an artist do last month, over all platforms?");
  await page.getByRole("combobox", { name: "Artists" }).pressSequentially("velvet", { delay: 140 });
  await page.getByRole("option").first().waitFor();
  await page.waitForTimeout(700);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByLabel("Month", { exact: true }).selectOption(String(Number(month)));
  await page.getByLabel("Year").selectOption(year);
  await page.getByLabel("Daily breakdown").check();
  await say(page, "One press …", 1.2);
  await page.getByRole("button", { name: "Analyze metrics" }).click();
  await page.locator("#results").waitFor();
  await say(page, "… and one number, with the units that it adds up", 3);
  await show(page, "#platforms-section");
  await say(page, "Each platform: share, change, peak, and how much is covered", 3);
  await show(page, "#daily");
  await say(page, "Days: gaps stay gaps, corrections are marked", 2.5);
  await page.getByRole("button", { name: "Stacked" }).click();
  await say(page, "… or all platforms, one upon the other", 2.5);
  await show(page, "#details");
  await page.locator("#details .toggle").first().click();
  await say(page, "Every track, and what it made where", 2.5);
  await page.getByRole("link", { name: "Every step and observation" }).first().click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await say(page, "And the proof: every step that the number is made of", 3);
  await show(page, "section.card table", 2);
  await page.goto(`/analytics?artist=${late}&month=${lastMonth()}`);
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await show(page, "#sync", 1);
  await say(page, "What is missing is said, with what it costs to fetch", 3);
  await page.getByRole("button", { name: "Fetch from Soundcharts" }).click();
  await say(page, "It is fetched in the background …", 2);
  await page.locator("#sync").waitFor({ state: "detached", timeout: 60_000 });
  await show(page, "#results", 1);
  await say(page, "… and the numbers are there", 2.5);
  await page.getByRole("link", { name: "Download Excel report" }).hover();
  await say(page, "Take it along: Excel, CSV, JSON, or the link itself", 3);
}

try {
  execFileSync("ffmpeg", ["-version"], { stdio: "ignore" });
} catch {
  console.error("The video needs ffmpeg: install it with the system's package manager (apt-get install ffmpeg).");
  process.exit(1);
}
await withDemo(3117, async (base, session) => {
  const directory = mkdtempSync(join(tmpdir(), "tour-"));
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: size, baseURL: base, colorScheme: "light" });
    await page.context().addCookies([session]);
    const stop = await record(page, directory);
    await tour(page, await artist(base, session, "Motel Zanzara"));
    encode(await stop(), directory);
    console.log(video);
  } finally {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
