// A small keyed reconciler: views are plain descriptions, the page keeps its nodes, so typed text, focus and scroll survive.
// Text only ever becomes text nodes and attributes; nothing is parsed as markup.

const SAFE_LINK = /^(https?:|mailto:|tel:|#|\/)/i;
const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "line", "polyline", "defs", "pattern"]);

/** Describe an element. `props`: attributes, `on` {event: handler}, `initial` (a field's first value), `key`, `born`, `after`. */
export function h(tag, props, ...children) {
  return { tag, props: props || {}, children: flatten(children) };
}

function flatten(list, into = []) {
  for (const item of list) {
    if (Array.isArray(item)) flatten(item, into);
    else if (item !== null && item !== undefined && item !== false && item !== true) into.push(item);
  }
  return into;
}

/** Make `parent` show exactly `children`. */
export function patch(parent, children) {
  const old = new Map();
  for (const node of parent.childNodes) old.set(node.__key ?? node, node);
  const seen = new Map();
  const wanted = flatten([children]).map((child, index) => {
    const key = keyOf(child, index, seen);
    return { child, key, node: reuse(old.get(key), child) };
  });
  const kept = new Set(wanted.map((entry) => entry.node));
  for (const node of [...parent.childNodes]) if (!kept.has(node)) node.remove();
  let place = parent.firstChild;
  for (const entry of wanted) {
    const fresh = !entry.node;
    const node = entry.node || create(entry.child);
    node.__key = entry.key;
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    update(node, entry.child, fresh);
  }
}

function keyOf(child, index, seen) {
  if (typeof child !== "object") return `#text:${index}`;
  const base = child.props.key !== undefined ? `k:${child.props.key}` : `i:${child.tag}:${index}`;
  const count = seen.get(base) || 0;
  seen.set(base, count + 1);
  return count ? `${base}~${count}` : base;
}

function reuse(node, child) {
  if (!node) return null;
  if (typeof child !== "object") return node.nodeType === Node.TEXT_NODE ? node : null;
  return node.nodeType === Node.ELEMENT_NODE && node.localName === child.tag.toLowerCase() ? node : null;
}

function create(child) {
  if (typeof child !== "object") return document.createTextNode(String(child));
  if (SVG_TAGS.has(child.tag)) return document.createElementNS(SVG, child.tag);
  return document.createElement(child.tag);
}

function update(node, child, fresh) {
  if (typeof child !== "object") {
    if (node.data !== String(child)) node.data = String(child);
    return;
  }
  const before = node.__props || {};
  for (const name of Object.keys(before)) if (!(name in child.props)) drop(node, name);
  for (const [name, value] of Object.entries(child.props)) assign(node, name, value, before[name]);
  node.__props = child.props;
  if (!child.props.opaque) patch(node, child.children);
  if (fresh) begin(node, child.props);
  if (child.props.after) child.props.after(node);
}

function begin(node, props) {
  if (props.initial !== undefined && props.initial !== null) {
    if (node.type === "checkbox" || node.type === "radio") node.checked = Boolean(props.initial);
    else node.value = props.initial;
  }
  if (props.born) props.born(node);
}

const OWN = new Set(["key", "initial", "born", "after", "opaque"]);

function assign(node, name, value, before) {
  if (OWN.has(name)) return;
  if (name === "on") return listen(node, value);
  if (value === before) return;
  if (value === false || value === null || value === undefined) return drop(node, name);
  if (name === "href" && !SAFE_LINK.test(String(value))) return;
  if (name === "inert" || name === "disabled") node[name] = true;
  else node.setAttribute(name, value === true ? "" : String(value));
}

function drop(node, name) {
  if (OWN.has(name)) return;
  if (name === "on") return listen(node, {});
  if (name === "inert" || name === "disabled") node[name] = false;
  node.removeAttribute(name);
}

function listen(node, handlers) {
  node.__on = handlers;
  node.__wired = node.__wired || new Set();
  for (const name of Object.keys(handlers)) {
    if (node.__wired.has(name)) continue;
    node.__wired.add(name);
    node.addEventListener(name, (event) => node.__on[name]?.(event));
  }
}
