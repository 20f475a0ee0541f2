// A component that is drawn again only when `same` says that something it shows has changed.

import { Component, h } from "preact";

export function memo(draw, same) {
  return class extends Component {
    shouldComponentUpdate(next) {
      return !same(this.props, next);
    }

    render() {
      return h(draw, this.props);
    }
  };
}
