/**
 * Weights by which each class that has photos counts the same in all: photos / (classes * photos of the class).
 * @param {number[]} counts
 * @returns {number[]} 1 for a class without photos, as for one that Keras' class_weight leaves out
 */
export function balanced(counts) {
  const all = counts.reduce((sum, n) => sum + n, 0);
  const filled = counts.filter((n) => n > 0).length;
  return counts.map((n) => (n ? all / (filled * n) : 1));
}
