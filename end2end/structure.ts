// The structure of a page: landmarks, headings, controls, tables, with what varies by data and date left out.

type Node = { line: string; children: Node[] };

/** Roles whose words are data; of what is in a row of a table nothing but the row counts. */
const data = /^(text|paragraph|cell|rowheader|row|option|listitem|img|status|caption|term|definition)\b/;
/** What is there or not, by what the data of the day are: notices, remarks, what is one press away. */
const varying = /^(region "(What to know about these numbers|Missing data)|(text|group|status|paragraph)$)/;
const months = /(January|February|March|April|May|June|July|August|September|October|November|December)/g;

/** Of the text that Playwright's `ariaSnapshot` gives; `names` are words that come from the data. */
export function structure(snapshot: string, names: string[]): string {
  const root: Node = { line: "", children: [] };
  const open: [number, Node][] = [[-1, root]];
  for (const written of snapshot.split("\n")) {
    const depth = written.search(/\S/);
    const words = written.trim().replace(/^- /, "");
    if (depth < 0 || words.startsWith("/url")) continue;
    while (open[open.length - 1][0] >= depth) open.pop();
    const isItem = open.some(([, { line }]) => line === "listitem") && open.some(([, { line }]) => line === "main");
    const line = isItem ? masked(words, names).replace(/^link .*/, "link") : masked(words, names);
    const node = { line, children: [] };
    open[open.length - 1][1].children.push(node);
    open.push([depth, node]);
  }
  return written(reduced(root).children, 0).join("\n") + "\n";
}

/** The role, and the name where it is no data. */
function masked(words: string, names: string[]): string {
  // A line with a colon in its name is quoted as a whole.
  const line = (words.match(/^'(.*)'/)?.[1] ?? words.replace(/^([^"]*("[^"]*")?[^":]*):.*$/, "$1")).trim();
  if (data.test(line)) return line.split(" ")[0];
  const known = names.reduce((line, name) => line.replaceAll(name, "NAME"), line);
  return known.replace(months, "Month").replace(/(?<!level=)\b\d[\d,.]*/g, "0");
}

/** Without what varies and the content of rows of data, and with equal neighbours told once. */
function reduced({ line, children }: Node): Node {
  const isHead = children.some((child) => child.line.startsWith("columnheader"));
  if (line === "row" && !isHead) return { line, children: [] };
  return { line, children: once(children.filter((child) => !varying.test(child.line)).map(reduced)) };
}

function once(nodes: Node[]): Node[] {
  const text = (node: Node | undefined) => node && written([node], 0).join("\n");
  return nodes.filter((node, place) => text(node) !== text(nodes[place - 1]));
}

function written(nodes: Node[], depth: number): string[] {
  return nodes.flatMap(({ line, children }) => [`${"  ".repeat(depth)}${line}`, ...written(children, depth + 1)]);
}
