// Where a page leads on to: nobody is sent elsewhere by a crafted link.

// The text where it is a path of this program, else the other one. Browsers drop tabs and line ends from an
// address: what reads as a path with one in it may lead to another host.
export function ownPath(text, otherwise) {
  return /^\/(?![/\\])\P{Cc}*$/u.test(text ?? "") ? text : otherwise;
}
