/* How a live page gets its line: to the server, unless another entry has said otherwise before (js/replay.js). */
import { Line } from "../socket.js";

/** @type {{ make(path: string, store: Store): PageLine }} */
export const lines = { make: (path, store) => /** @type {PageLine} */ (/** @type {unknown} */ (new Line(path, store))) };
