// Names of goods in the page's language, and the numbers that customers and clerks compare.

const language = document.documentElement.lang || "zh-CN";

export function nameIn(names = {}) {
  return names[language] || names["zh-CN"] || Object.values(names)[0] || "";
}

// Text that a clerk typed, "12", "12.5", "１２．５０" -> minor units; null where it is no amount. Digits are moved as
// text, so that no fraction of a binary number ever decides about money.
export function minorFrom(text, decimals = 2) {
  const plain = text.normalize("NFKC").replace(/[\s,¥￥$]/g, "").replace("。", ".");
  const found = /^(\d{0,8})(?:\.(\d*))?$/.exec(plain);
  if (!found || !/\d/.test(plain)) return null;
  const part = found[2] ?? "";
  if (part.length > decimals) return null;
  return Number((found[1] || "0") + part.padEnd(decimals, "0"));
}

// What a customer is likely to hand over: the exact sum, then the next 10, 50 and 100 of the currency's main unit.
export function quickCash(totalMinor, decimals = 2) {
  const unit = 10 ** decimals;
  const notes = [10, 50, 100].map((note) => {
    const step = note * unit;
    return Math.floor((totalMinor + step - 1) / step) * step;
  });
  return [...new Set([totalMinor, ...notes])].sort((a, b) => a - b);
}

export const decimalsOf = (currency) => (currency === "JPY" || currency === "KRW" ? 0 : 2);
