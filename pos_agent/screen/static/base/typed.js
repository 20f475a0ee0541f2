// A number that somebody types: it stays as it is typed while scans change the rest of the page, until it is entered.

import { useState } from "preact/hooks";

export function useTyped(known, enter) {
  const [typed, setTyped] = useState(null);
  const onInput = (event) => setTyped(event.target.value);
  const onChange = (event) => {
    setTyped(null);
    enter(event);
  };
  const onBlur = () => setTyped(null); // typed back to what it was: no change is told of
  return { value: typed ?? known, onInput, onChange, onBlur };
}
