/** What lab.fit() makes of a class_weight. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { classWeight } from "../../www/shared/checks.js";

const checkedClassWeight = (/** @type {unknown} */ weights, /** @type {import("../../www/shared/types.js").DatasetSummary} */ summary) =>
  classWeight(weights, { call: "fit", name: "classWeight", given: { dataset: { summary } }, lab: { recipes: [] } });

test("class weights go by labels, as Keras has them, or by names", () => {
  const summary = (/** @type {string[]} */ ...classes) =>
    /** @type {import("../../www/shared/types.js").DatasetSummary} */ (/** @type {unknown} */ ({ classes, counts: { train: [1, 3] } }));
  assert.deepEqual(checkedClassWeight({ 0: 1, 1: 3 }, summary("cats", "dogs")), [1, 3]);
  assert.deepEqual(checkedClassWeight({ 1: 3 }, summary("cats", "dogs")), [1, 3]);
  assert.deepEqual(checkedClassWeight({ dogs: 3 }, summary("cats", "dogs")), [1, 3]);
  // Names that are numbers are names.
  assert.deepEqual(checkedClassWeight({ 1: 2, 2: 5 }, summary("1", "2")), [2, 5]);
  assert.deepEqual(checkedClassWeight({ 0: 2, 1: 5 }, summary("1", "2")), [2, 5]);
  assert.throws(() => checkedClassWeight({ 2: 1 }, summary("cats", "dogs")), /names "2"; the classes are cats, dogs, and their labels 0 to 1/);
  assert.throws(() => checkedClassWeight({ cats: 1, 1: 2 }, summary("cats", "dogs")), /names "1"/);
  assert.throws(() => checkedClassWeight({ birds: 1 }, summary("cats", "dogs")), /names "birds"/);
});
