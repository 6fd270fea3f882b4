// What a person sees of a page that a real browser has laid out; for html_test.py. Two readings: `text`, in the
// order of the page, of what can be seen; `places`, the same letters by where they stand on the screen.
"use strict";

const SAME_COLOUR = 24, SMALL = 2, FAINT = 0.05; // as src/mail/ has them

function rgba(text) {
    const m = text.match(/rgba?\(([^)]*)\)/);
    const v = m ? m[1].split(/[ ,/]+/).map(Number) : [0, 0, 0, 0];
    return {r: v[0], g: v[1], b: v[2], a: v.length > 3 ? v[3] : 1};
}

function over(top, below, alpha) {
    const mix = (x, y) => x * alpha + y * (1 - alpha);
    return {r: mix(top.r, below.r), g: mix(top.g, below.g), b: mix(top.b, below.b), a: 1};
}

function same(x, y) {
    return ["r", "g", "b"].every(c => Math.abs(x[c] - y[c]) <= SAME_COLOUR);
}

function parents(element) {
    const all = [];
    for (let e = element; e; e = e.parentElement)
        all.unshift(e);
    return all;
}

function colourSeen(view, element) {
    let behind = {r: 255, g: 255, b: 255, a: 1}, picture = false, opacity = 1, showsBackground = false;
    for (const e of parents(element)) {
        const s = view.getComputedStyle(e), background = rgba(s.backgroundColor);
        opacity *= Number(s.opacity);
        const filter = s.filter.match(/opacity\(([^)]*)\)/);
        if (filter)
            opacity *= Number(filter[1]);
        if (s.backgroundClip === "text" && (s.backgroundImage !== "none" || background.a > 0.25)) {
            showsBackground = true;
            continue;
        }
        if (background.a > 0) {
            behind = over(background, behind, background.a);
            picture = picture && background.a < 1;
        }
        const colours = s.backgroundImage.includes("gradient") && s.backgroundImage.match(/rgba?\([^)]*\)/g);
        if (colours && colours.every(c => c === colours[0]))
            behind = over(rgba(colours[0]), behind, rgba(colours[0]).a);
        else if (s.backgroundImage !== "none")
            picture = true;
    }
    if (opacity < FAINT)
        return false;
    if (showsBackground)
        return true;
    const s = view.getComputedStyle(element);
    const seen = text => {
        const c = rgba(text), alpha = c.a * opacity;
        return alpha >= 0.06 && (picture || !same(over(c, behind, alpha), behind));
    };
    if (element.namespaceURI.endsWith("svg"))
        return s.fill !== "none";
    return seen(s.webkitTextFillColor) || (s.textShadow !== "none" && seen(s.textShadow));
}

// Is some of the box on the screen, and not cut off by what is around it?
function boxSeen(document, element, rects) {
    for (const r of rects) {
        if (r.width < 1 || r.height < 1)
            continue;
        for (const part of [0.5, 0.05, 0.95]) {
            const hit = document.elementsFromPoint(r.left + r.width * part, r.top + r.height / 2);
            if (hit.some(e => e === element || element.contains(e)))
                return true;
        }
        // Text that flows out of a box without height is not hit: then nothing around may cut.
        if (r.right > 0 && r.bottom > 0 && parents(element).every(e => {
            const s = getComputedStyle(e);
            return s.overflow === "visible" && s.clipPath === "none" && s.transform === "none" &&
                   s.scale === "none" && s.position === "static";
        }))
            return true;
    }
    return false;
}

function styleSeen(view, element) {
    const s = view.getComputedStyle(element);
    return s.visibility === "visible" && parseFloat(s.fontSize) >= SMALL && colourSeen(view, element);
}

function textSeen(view, node) {
    const element = node.parentElement, range = view.document.createRange();
    range.selectNodeContents(node);
    return styleSeen(view, element) && boxSeen(view.document, element, range.getClientRects());
}

function isApart(view, element) {
    const s = view.getComputedStyle(element);
    if (s.float !== "none" || s.position === "absolute" || s.position === "fixed")
        return true;
    return !/^(inline|contents|ruby)/.test(s.display);
}

function generated(view, element, which) {
    const s = view.getComputedStyle(element, which);
    if (s.content === "none" || s.content === "normal" || s.visibility !== "visible" || s.display === "none" ||
        parseFloat(s.fontSize) < SMALL)
        return "";
    const parts = s.content.match(/"(?:[^"\\]|\\.)*"/g) || [];
    const text = parts.map(p => JSON.parse(p.replace(/\\'/g, "'"))).join("");
    return s.display === "block" ? `\n${text}\n` : text;
}

function fieldText(element) {
    const silent = ["checkbox", "radio", "file", "color", "range", "password", "hidden"];
    if (element.tagName === "IMG")
        return element.clientWidth <= 1 ? "" : element.alt.length > 2 ? ` ${element.alt} ` : element.alt;
    if (element.tagName === "INPUT" && !silent.includes(element.type))
        return ` ${element.type === "image" ? element.alt : element.value || element.placeholder} `;
    if (element.tagName === "TEXTAREA")
        return ` ${element.value || element.placeholder} `;
    return ["BUTTON", "SELECT"].includes(element.tagName) ? " " : "";
}

// What is out of the flow leaves no trace in the line where nobody sees it.
function readApart(view, node, out) {
    const inside = [];
    readElement(view, node, inside);
    if (/\S/.test(inside.join("")))
        out.push(...inside);
}

function read(view, node, out) {
    if (node.nodeType === 3) {
        if (!/\S/.test(node.data))
            out.push(node.data);
        else if (textSeen(view, node))
            out.push(node.data);
        return;
    }
    if (node.nodeType !== 1)
        return;
    if (["SCRIPT", "STYLE", "HEAD", "TEMPLATE", "TITLE"].includes(node.tagName))
        return;
    const style = view.getComputedStyle(node);
    if (style.display === "none" || style.contentVisibility === "hidden")
        return;
    if (style.float !== "none" || style.position === "absolute" || style.position === "fixed")
        readApart(view, node, out);
    else
        readElement(view, node, out);
}

function readElement(view, node, out) {
    if (node.tagName === "BR" || isApart(view, node))
        out.push("\n");
    const field = fieldText(node);
    if (field && styleSeen(view, node) && boxSeen(view.document, node, node.getClientRects()))
        out.push(field);
    else if (field)
        return;
    out.push(generated(view, node, "::before"));
    if (node.tagName === "IFRAME" && node.srcdoc && node.clientWidth > 1 && node.clientHeight > 1)
        out.push("\n", textOf(node.contentWindow), "\n");
    else if (node.tagName !== "TEXTAREA")
        for (const child of node.childNodes)
            read(view, child, out);
    out.push(generated(view, node, "::after"), field && /^(BUTTON|SELECT)$/.test(node.tagName) ? " " : "");
    if (isApart(view, node))
        out.push("\n");
}

function textOf(view) {
    const out = [];
    read(view, view.document.documentElement, out);
    return out.join("");
}

// The letters that are seen, by lines of the screen and from left to right.
function placesOf(view) {
    const document = view.document, letters = [], walker = document.createTreeWalker(document.body, 4);
    for (let node; (node = walker.nextNode());) {
        if (!/\S/.test(node.data) || !styleSeen(view, node.parentElement))
            continue;
        const range = document.createRange();
        for (let i = 0; i < node.data.length; i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const r = range.getClientRects()[0];
            if (r && r.width > 0.1 && /\S/.test(node.data[i]) && boxSeen(document, node.parentElement, [r]))
                letters.push({c: node.data[i], x: r.left, y: r.top + r.height / 2, h: r.height});
        }
    }
    letters.sort((a, b) => a.y - b.y);
    let text = "";
    while (letters.length) {
        const line = letters.filter(l => l.y - letters[0].y < letters[0].h * 0.4);
        letters.splice(0, line.length);
        text += line.sort((a, b) => a.x - b.x).map(l => l.c).join("") + "\n";
    }
    return text;
}

// Shows each page in a frame of its own, as large as a desktop's window but long enough for all of it.
async function measureAll(pages) {
    const results = {};
    for (const name of Object.keys(pages)) {
        const frame = document.createElement("iframe");
        frame.style = "width:1280px;height:6000px;border:0";
        document.body.replaceChildren(frame);
        const inner = frame.contentDocument;
        inner.open();
        inner.write(pages[name]);
        inner.close();
        if (/<iframe/i.test(pages[name]))
            await new Promise(done => setTimeout(done, 500));
        const view = frame.contentWindow;
        results[name] = {text: textOf(view), places: name.includes(".places.") ? placesOf(view) : ""};
    }
    const pre = document.createElement("pre");
    pre.id = "results";
    pre.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(results))));
    document.body.replaceChildren(pre);
}
