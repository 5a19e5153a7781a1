/* How a live page gets its line: to the server, unless another entry has said otherwise before (js/replay.js). */
import { Line } from "../socket.js";

export const lines = { make: (path, store) => new Line(path, store) };
