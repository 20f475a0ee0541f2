// What a decoder read, as a scanner would send it: short UPC in full, GS1 by its AIM identifier (ISO/IEC 15424).

const SEPARATOR = "\u001d";

// UPC-E to UPC-A (GS1 General Specifications, 5.2.2.4.2): the last digit says where the zeros were.
export function widenUpc(code) {
  const [n, a, b, c, d, e, f, check] = code;
  if (f <= "2") return n + a + b + f + "0000" + c + d + e + check;
  if (f === "3") return n + a + b + c + "00000" + d + e + check;
  if (f === "4") return n + a + b + c + d + "00000" + e + check;
  return n + a + b + c + d + e + "0000" + f + check;
}

export function asScanned(format, text) {
  if (format === "upc_e" && /^\d{8}$/.test(text)) return widenUpc(text);
  if (format === "data_matrix" && text.startsWith(SEPARATOR)) return "]d2" + text.slice(1);
  return text;
}
