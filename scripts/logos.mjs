// Writes public/platforms/CODE.svg from npm simple-icons: `npm run logos`. The results are committed;
// run it again only to add a platform. A platform without a logo there gets a drawn letter mark.
import * as icons from "simple-icons";
import { mkdirSync, writeFileSync } from "node:fs";

const DIRECTORY = "public/platforms";

/** Platform code of the registry -> slug of simple-icons. */
const SLUGS = {
  "apple-music": "applemusic",
  audiomack: "audiomack",
  bandsintown: "bandsintown",
  deezer: "deezer",
  facebook: "facebook",
  genius: "genius",
  instagram: "instagram",
  itunes: "itunes",
  lastfm: "lastdotfm",
  napster: "napster",
  pandora: "pandora",
  shazam: "shazam",
  songkick: "songkick",
  soundcloud: "soundcloud",
  spotify: "spotify",
  tidal: "tidal",
  tiktok: "tiktok",
  twitter: "x",
  wikipedia: "wikipedia",
  x: "x",
  youtube: "youtube",
  "youtube-artist": "youtubemusic",
  "youtube-shorts": "youtubeshorts",
};

/** Contrast of WCAG between two colours given as RRGGBB. */
function contrast(one, other) {
  const luminance = (hex) => {
    const [r, g, b] = hex.match(/../g).map((pair) => {
      const value = parseInt(pair, 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

mkdirSync(DIRECTORY, { recursive: true });
for (const [code, slug] of Object.entries(SLUGS)) {
  const icon = Object.values(icons).find((candidate) => candidate.slug === slug);
  if (!icon) throw new Error(`simple-icons has no ${slug}`);
  // White on the brand's colour, or black where white would not be seen: right in both themes.
  const ink = contrast("ffffff", icon.hex) >= 3 ? "fff" : "000";
  writeFileSync(
    `${DIRECTORY}/${code}.svg`,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#${icon.hex.toLowerCase()}"/>` +
      `<path transform="translate(4.8 4.8) scale(.6)" fill="#${ink}" d="${icon.path}"/></svg>\n`,
  );
}
