"""What html_read() takes for seen against what Chromium shows: tests/mail/html/*.html, one start of the browser.

A page named *.places.html is compared by where its letters stand on the screen, white space apart.
"""
import base64, glob, json, os, re, shutil, subprocess, sys, tempfile

top, build = os.environ["abs_top_srcdir"], os.environ["abs_top_builddir"]
here = os.path.join(top, "tests/mail")
files = sorted(glob.glob(os.path.join(here, "html/*.html")))
chromium = shutil.which("chromium")
if not chromium:
    print("1..0 # SKIP chromium is not installed: apt-get install chromium")
    sys.exit(0)


def browse(folder, pages):
    driver = os.path.join(folder, "driver.html")
    code = json.dumps(pages).replace("<", "\\u003c")
    with open(os.path.join(here, "measure.js"), encoding="utf-8") as f, open(driver, "w", encoding="utf-8") as o:
        o.write(f"<!doctype html><meta charset=utf-8><body><script>{f.read()}\nmeasureAll({code})</script>")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync",
               "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1300,6100", "--hide-scrollbars",
               f"--user-data-dir={folder}/profile", "--virtual-time-budget=60000", "--dump-dom", f"file://{driver}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder})
    found = re.search(r'<pre id="results">([^<]*)</pre>', done.stdout)
    if not found:
        sys.exit("chromium gave no results:\n" + done.stderr[-3000:] + done.stdout[:500])
    return json.loads(base64.b64decode(found[1]))


def read_ours():
    out = subprocess.run([os.path.join(build, "tests/mail/html_seen"), *files], stdout=subprocess.PIPE, check=True)
    pages = out.stdout.decode("utf-8").split("\x1e")[:-1]
    return [p.split("\x1f") for p in pages]


def words(text):
    return " ".join(re.sub("[\u200b-\u200f\u2060\ufeff\u00ad\u034f\u202a-\u202e\u2066-\u2069]", "", text).split())


def letters(text):
    return re.sub(r"\s", "", words(text))


with tempfile.TemporaryDirectory(prefix="html.", dir=os.path.join(build, "tests")) as folder:
    pages = {os.path.basename(f): open(f, encoding="utf-8").read() for f in files}
    shown = browse(folder, pages)
failed = False
for i, (name, (seen, across, hidden, _)) in enumerate(zip(pages, read_ours())):
    if ".places." in name:
        want, got = letters(shown[name]["places"]), [letters(seen), letters(across)]
    else:
        want, got = words(shown[name]["text"]), [words(seen)]
    good = want in got and want != ""
    lost = [w for w in re.findall(r"\w{4,}", re.sub(r"<style.*?</style>", "", pages[name], flags=re.S))
            if "HIDDEN" in w and w not in hidden]
    print(f"{'ok' if good and not lost else 'not ok'} {i + 1} - {name}")
    if lost:
        print(f"# not in the hidden text: {lost}")
    if not good:
        print(f"# chromium: {want}")
        for text in got:
            print(f"# ours:     {text}")
    failed |= not good or bool(lost)
print(f"1..{len(files)}")
sys.exit(failed)
