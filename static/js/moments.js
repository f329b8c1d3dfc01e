// Spans of time as people read them: the words of projects/templatetags/moments.py.

const MINUTE = 60;
const HOUR = 3600;

// Of whole seconds.
export function span(seconds) {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return two(seconds, MINUTE, "min", 1, "s");
  return two(seconds, HOUR, "h", MINUTE, "min");
}

function two(seconds, large, name, small, restName) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${name}${rest ? ` ${rest} ${restName}` : ""}`;
}
