// The logic of the explorer under Node's own test runner; run by test_explorer_logic.py.
const test = require("node:test");
const assert = require("node:assert/strict");
const logic = require("../../book/_static/explorer_logic.js");

// One table of a measure "people": rows are [year, sex, group, value, more].
const makeSide = (rows, { measure = {}, dimensions = ["sex", "group"], group = false } = {}) => {
  const codes = (name) => Object.fromEntries(rows.map((row) => [row[name], `${row[name]} people`]));
  const table = { name: "made", title: "Made up", columns: { measure: "", unit: "", era: "era" }, events: ["border"] };
  const full = { column: "value", low: "low", high: "high", name: "People", unit: "persons", kind: "flow" };
  return logic.makeSide(
    { id: "made.value", ...full, table, ...measure },
    {
      rows,
      dimensions: dimensions.map((name) => [name, name, group]),
      labels: Object.fromEntries(dimensions.map((name) => [name, codes(name)])),
      sources: { s: ["Title", "Publisher", "https://example.org/"] },
    },
  );
};
const makeRow = (end, sex, group, value, more = {}) => ({
  ...{ end, sex, group, value, start: null, low: null, high: null, when: String(end), era: "" },
  ...{ n: null, source_id: "s", certainty: "official", remark: "", ...more },
});
const PAIRS = [[2001, 10, 30], [2002, 20, 10], [2004, 30, 60]];
const BOTH_SEXES = PAIRS.flatMap(([year, men, women]) => [
  makeRow(year, "male", "", men),
  makeRow(year, "female", "", women),
]);
const evaluate = (side, state = {}, strict = true) =>
  logic.evaluate({ m: "made.value", choice: {}, choiceWith: {}, events: true, ...state }, side, null, strict);
const values = ({ figures }) => figures.map(({ end, value }) => [end, value]);
const series = (value, name = "value") => PAIRS.map((_, i) => makeRow(2001 + i, "all", "", value[i], { era: name }));

const DERIVED = [
  ["share of women", { as: "share.sex" }, [[2001, 75], [2002, 100 / 3], [2004, 200 / 3]]],
  ["women per man", { as: "ratio.sex" }, [[2001, 3], [2002, 0.5], [2004, 2]]],
  ["sum of both", { choice: { sex: logic.SUM } }, [[2001, 40], [2002, 30], [2004, 90]]],
  ["index", { choice: { sex: "male" }, as: "index", base: 2002 }, [[2001, 50], [2002, 100], [2004, 150]]],
  ["years", { choice: { sex: "male" }, from: 2002, to: 2002 }, [[2002, 20]]],
];
for (const [name, state, expected] of DERIVED) {
  test(`figures are worked out: ${name}`, () => {
    assert.deepEqual(values(evaluate(makeSide(BOTH_SEXES), state)), expected);
  });
}

test("share of a group is that of everyone at the same date", () => {
  const rows = [makeRow(2001, "all", "all", 50), makeRow(2001, "all", "seoul", 10), makeRow(2002, "all", "seoul", 5)];
  const result = evaluate(makeSide(rows), { choice: { group: "seoul" }, as: "share.group" });
  assert.deepEqual(values(result), [[2001, 20]]);
});

test("index stays within the era of its base year", () => {
  const rows = [makeRow(2001, "all", "", 5, { era: "a" }), makeRow(2002, "all", "", 8, { era: "b" })];
  assert.deepEqual(values(evaluate(makeSide(rows), { as: "index", base: 2002 })), [[2002, 100]]);
});

const SEGMENTS = [
  ["one year to the next", [[2001], [2002], [2003]], 1],
  ["a missing year", [[2001], [2003]], 2],
  ["a missing year within an era", [[2001, { era: "a" }], [2003, { era: "a" }]], 1],
  ["a new era", [[2001, { era: "a" }], [2002, { era: "b" }]], 2],
  ["a span of several years", [[2001, { start: 1999 }], [2002]], 2],
  ["two figures of one date", [[2001], [2001, { when: "again" }], [2002]], 3],
  ["a figure without value", [[2001], [2002, { value: null, low: 1 }], [2003]], 3],
  ["a year and a day", [[2001], [2001.5]], 2],
];
for (const [name, points, count] of SEGMENTS) {
  test(`points are joined or not: ${name}`, () => {
    const rows = points.map(([year, more]) => makeRow(year, "all", "", 5, more));
    const { figures } = evaluate(makeSide(rows), { form: "time" });
    assert.equal(new Set(figures.map(({ segment }) => segment)).size, count);
  });
}

test("a break lies between two eras", () => {
  const rows = [makeRow(2001, "all", "", 5, { era: "a" }), makeRow(2003, "all", "", 5, { era: "b" })];
  assert.deepEqual(evaluate(makeSide(rows)).breaks, [2002]);
});

test("an end that was not published reaches to the figure", () => {
  const rows = [makeRow(2001, "all", "", 5, { low: 3 }), makeRow(2002, "all", "", null, { high: 4 })];
  const { figures } = evaluate(makeSide(rows));
  assert.deepEqual(figures.map(({ low, high, told }) => [low, high, told]), [[3, 5, "5 (3 to 5)"], [0, 4, "at most 4"]]);
});

const CHOICES = [
  ["everyone where there is such a code", ["female", "all", "male"], { sex: "all" }, false],
  ["each side by side where there are few", ["male", "female"], { sex: logic.ALL_GROUPS }, false],
  ["the groups a table is about", ["all", "female", "male"], { sex: logic.ALL_GROUPS }, true],
  ["the one with most figures where there are many", [..."abcdefgb"], { sex: "b" }, false],
];
for (const [name, codes, expected, group] of CHOICES) {
  test(`usual choice: ${name}`, () => {
    const rows = codes.map((code, i) => makeRow(2001 + i, code, "", 1));
    assert.deepEqual(logic.completeChoice(makeSide(rows, { dimensions: ["sex"], group })), expected);
  });
}

test("a changed control keeps the other choices that have figures", () => {
  const side = makeSide([makeRow(2001, "male", "a", 1), makeRow(2001, "female", "b", 1), makeRow(2001, "male", "b", 1)]);
  const choice = { sex: "male", group: "a" };
  assert.deepEqual(logic.changeChoice(side, choice, "group", "b"), { group: "b", sex: "male" });
  assert.deepEqual(logic.changeChoice(side, choice, "sex", "female"), { sex: "female" });
});

test("an address restores its state", () => {
  const state = { m: "a.b", choice: { sex: "*", place: "a&b" }, choiceWith: { sex: "+" }, events: false };
  Object.assign(state, { with: "c.d", as: "index", form: "time", from: 2001, to: 2005, base: 2002 });
  assert.deepEqual(logic.readAddress(logic.writeAddress(state)), state);
});

const REFUSED_ADDRESSES = ["d.sex=all", "m=a&m=b", "m=a&from=1e9", "m=a&next=https://example.org/", "%E0%A4%A=1"];
for (const address of REFUSED_ADDRESSES) {
  test(`address is refused: ${address}`, () => {
    assert.throws(() => logic.readAddress(`#${address}`), logic.ChoiceError);
  });
}

const REFUSED_STATES = [
  { choice: { sex: "<img src=x>" } },
  { choice: { constructor: "1" } },
  { from: 1800 },
  { from: 2004, to: 2001 },
  { as: "toString" },
  { as: "share.group" },
  { as: "index", base: 1700 },
  { form: "pie" },
  { form: "constructor" },
];
for (const state of REFUSED_STATES) {
  test(`link is refused, and a control mended: ${JSON.stringify(state)}`, () => {
    assert.throws(() => evaluate(makeSide(BOTH_SEXES), state), logic.ChoiceError);
    if (!state.choice) assert.ok(evaluate(makeSide(BOTH_SEXES), state, false).figures.length);
  });
}

test("groups other than the sexes are not added up", () => {
  const side = makeSide([makeRow(2001, "all", "a", 1), makeRow(2001, "all", "b", 1)]);
  assert.throws(() => evaluate(side, { choice: { group: logic.SUM } }), logic.ChoiceError);
});

test("two measures are compared in one unit only", () => {
  const state = { m: "made.value", choice: {}, choiceWith: {}, events: true, with: "x" };
  const [a, b] = [makeSide(series([1, 2, 3])), makeSide(series([3, 4, 5]), { measure: { name: "Others" } })];
  assert.deepEqual(logic.evaluate(state, a, b, true).figures.map((f) => f.series).slice(0, 2), ["People", "Others"]);
  const c = makeSide(series([3, 4, 5]), { measure: { unit: "KRW" } });
  assert.throws(() => logic.evaluate(state, a, c, true), logic.ChoiceError);
});

test("sentence, table and sources hold the figures", () => {
  const result = evaluate(makeSide(BOTH_SEXES));
  const { words } = logic.describe(result);
  assert.match(words, /from 10 \(2001\) to 30 \(2004\), peak 30 \(2004\), low 10 \(2001\)/);
  assert.match(words, /In 2004, the latest date of both, they are 30 persons apart/);
  assert.match(words, /at least twice as many as .* for the first time in 2001/);
  const { head, body } = logic.tabulate(result);
  assert.deepEqual(head, ["When", "Male people", "Female people", "Apart"]);
  assert.deepEqual(body[0], ["2001", "10", "30", "20"]);
  const [source] = logic.listDocuments(result);
  assert.deepEqual([source.title, source.certainty], ["Title", "official"]);
});

test("by group each group has its latest figure, the largest first", () => {
  const result = evaluate(makeSide(BOTH_SEXES), { form: "group" });
  assert.deepEqual(result.figures.map(({ when, value }) => [when, value]), [["2004", 60], ["2004", 30]]);
  assert.match(logic.describe(result).words, /Highest: .*60.* Lowest: .*30/);
});

test("a series without a figure in these years is named", () => {
  const side = makeSide([...BOTH_SEXES, makeRow(2005, "male", "", 7)]);
  assert.match(logic.describe(evaluate(side, { from: 2005 })).words, /No figure in these years: Female people/);
});

for (const remark of ["=1+1", "+1", "-1", "@x", "\t=1"]) {
  test(`no cell of the CSV is a formula: ${JSON.stringify(remark)}`, () => {
    const csv = logic.toCsv(evaluate(makeSide([makeRow(2001, "all", "", -5, { remark })])));
    assert.ok(csv.includes(`,'${remark},`), csv);
    assert.ok(csv.includes(",-5,"), "negative numbers stay numbers");
  });
}

test("events are marked within the years shown, if they are wanted", () => {
  const events = [["border", 2002], ["border", 1990], ["school", 2002]].map(([kind, at]) => ({ kind, at, day: at }));
  const marked = logic.selectEvents(evaluate(makeSide(BOTH_SEXES)), events);
  assert.deepEqual(marked.map(({ x, letter }) => [x, letter]), [[2002, "a"]]);
  assert.deepEqual(logic.selectEvents(evaluate(makeSide(BOTH_SEXES), { events: false }), events), []);
});

test("measures are found by the beginnings of words", () => {
  const measures = ["Employment rate", "Unemployment rate"].map((name) => ({ name, table: { title: "", chapter: "" } }));
  const find = (query) => logic.findMeasures(measures, query, new Map()).map(({ name }) => name);
  assert.deepEqual(find("rate employ"), ["Employment rate"]);
  assert.equal(find("").length, 2);
});

test("chart has whole years, one domain for colours and shapes, and the source", () => {
  const layer = { encoding: { color: {}, shape: {} } };
  const chart = { title: {}, encoding: { x: { axis: {} } }, layer: [layer] };
  const result = evaluate(makeSide(BOTH_SEXES), { form: "time" });
  const look = { width: 200, font: "serif", colour: (name) => name };
  const spec = logic.makeSpec(chart, result, logic.describe(result), [], look);
  assert.deepEqual(spec.encoding.x.axis.values, [2001, 2003]);
  assert.deepEqual(spec.layer[0].encoding.color.scale, spec.layer[0].encoding.shape.scale);
  assert.match(spec.encoding.x.axis.title.join(" "), /Source: Publisher/);
});
