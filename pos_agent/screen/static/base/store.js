// A page's state in one object. Whoever draws it hears of each change; several changes at once are drawn once.

import { useEffect, useState } from "preact/hooks";

export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener(state);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore(store) {
  const [state, draw] = useState(store.get());
  useEffect(() => {
    draw(store.get());
    return store.listen(draw);
  }, [store]);
  return state;
}
