// Texts and formats for pages made of scripts; the catalogue comes with the page as JSON:
//
//   <script type="application/json" id="texts">{{ script_texts }}</script>
//
//   import { _, ngettext, money, clock } from "omo/web/texts.js";
//   _("%(count)s lines", { count: 3 })

const node = document.getElementById("texts");
const known = node ? JSON.parse(node.textContent) : {};
const language = document.documentElement.lang || "en";
const symbols = { CNY: "\u00a5", JPY: "JP\u00a5", USD: "$", EUR: "€", GBP: "£", HKD: "HK$", SGD: "S$" };
const decimals = { JPY: 0, KRW: 0 };

const fill = (text, values) => text.replace(/%\((\w+)\)[sd]|%%/g, (all, name) => (name ? (values[name] ?? "") : "%"));

export function _(message, values = {}) {
  return fill(typeof known[message] === "string" ? known[message] : message, values);
}

export function ngettext(one, many, num, values = {}) {
  const forms = Array.isArray(known[one]) ? known[one] : [one, many];
  return fill(forms.length === 1 || num === 1 ? forms[0] : forms[1], { num, ...values });
}

// Minor units in, "¥1,280.00" out; digits are moved as text, never through a fraction.
export function money(minor, currency = "CNY") {
  const places = decimals[currency] ?? 2;
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = places ? "." + digits.slice(-places) : "";
  return (minor < 0 ? "\u2212" : "") + (symbols[currency] ?? currency + " ") + whole + part;
}

export function clock(instant, zone) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat(language, options).format(new Date(instant));
}
