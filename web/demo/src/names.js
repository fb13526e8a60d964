// What people are called here, and the colour that goes with a name.

const kKey = "suzaku.name";
const kMoods = ["Amber", "Brisk", "Calm", "Dawn", "Ember", "Golden", "Keen", "Lucky", "Merry", "Quiet", "Ruby", "Swift"];
const kBirds = ["Crane", "Finch", "Heron", "Ibis", "Kite", "Lark", "Martin", "Owl", "Phoenix", "Robin", "Swallow", "Wren"];

const pick = (list) => list[Math.floor(Math.random() * list.length)];

export const random_name = () => `${pick(kMoods)} ${pick(kBirds)}`;

// Per tab, so that two tabs can be two people. A browser may refuse the storage; then the name lasts as long as the page.
export function stored_name() {
  try {
    return sessionStorage.getItem(kKey);
  } catch {
    return null;
  }
}

export function store_name(name) {
  try {
    sessionStorage.setItem(kKey, name);
  } catch {
    // see above
  }
}

// The same name has the same hue on every screen (FNV-1a, spread around the colour circle).
export function hue(name) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return Math.round((((hash >>> 0) * 0.618033988749895) % 1) * 360);
}

export const initial = (name) => [...name.trim()][0]?.toUpperCase() ?? "?";
