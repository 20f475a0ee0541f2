// Which receipt was the last one here.

const REMEMBER = "omo-last-receipt";

// The number alone is kept in the browser; what it stands for is asked of the agent again.
export function remember(number) {
  try {
    localStorage.setItem(REMEMBER, number);
  } catch {
    /* no storage: the receipt is still in sight until the page is closed */
  }
}

export function lastNumber() {
  try {
    return localStorage.getItem(REMEMBER) || "";
  } catch {
    return "";
  }
}
