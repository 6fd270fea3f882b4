"""Circles between files: a circle is a group of files whose includes, or whose calls, lead back to where they began.

A file is a .c with its own .h. Includes are read from the sources, calls from the symbols of the objects (nm), which
is exact. Prints one circle a line, the names of its files between blanks; with --why, what ties them.
"""
import glob
import os
import re
import subprocess
import sys

TOP, BUILD = os.environ.get('abs_top_srcdir', '.'), os.environ.get('abs_top_builddir', '.')


def sources():
    for path in sorted(glob.glob(TOP + '/src/**/*.[ch]', recursive=True)):
        yield path[len(TOP + '/src/'):]


def includes(names):
    """file -> {file: why}. A header without a .c of its own passes on what it includes: it cannot call anybody."""
    direct, edges = {}, {}
    for path in names:
        with open('%s/src/%s' % (TOP, path), encoding='utf-8') as f:
            direct[path] = [h for h in re.findall(r'^#\s*include "([^"]+)"', f.read(), re.M) if h in names]
    for path in names:
        if path[:-2] + '.c' not in names:
            continue
        seen, todo = set(), list(direct[path])
        while todo:
            header = todo.pop()
            if header in seen:
                continue
            seen.add(header)
            if header[:-2] + '.c' in names:
                edges.setdefault(path[:-2], {}).setdefault(header[:-2], 'includes ' + header)
            else:
                todo += direct[header]
    return edges


def symbols(path):
    """(defined, needed) of one object."""
    defined, needed = set(), set()
    for line in subprocess.run(['nm', '-P', '-g', path], capture_output=True, text=True, check=True).stdout.splitlines():
        name, kind = line.split()[:2]
        (needed if kind in 'Uvw' else defined).add(name)
    return defined, needed


def calls(names):
    """file -> {file: why}, from the objects of the programs and of the library."""
    edges = {}
    objects = {p[:-2]: symbols('%s/src/%s.o' % (BUILD, p[:-2])) for p in names
               if p.endswith('.c') and os.path.exists('%s/src/%s.o' % (BUILD, p[:-2]))}
    home = {}
    for name, (defined, _) in objects.items():
        for symbol in defined:
            home.setdefault(symbol, []).append(name)
    for name, (_, needed) in objects.items():
        for symbol in needed:
            for other in home.get(symbol, []):
                edges.setdefault(name, {}).setdefault(other, 'calls ' + symbol)
    if not objects:
        sys.exit('no objects below %s/src: build first' % BUILD)
    return edges


def circles(edges):
    """Strongly connected components of more than one file (Tarjan's, without recursion)."""
    index, low, stack, on, found = {}, {}, [], set(), []
    for root in sorted(edges):
        work = [(root, None)]
        while work:
            name, rest = work.pop()
            if rest is None:
                if name in index:
                    continue
                index[name] = low[name] = len(index)
                stack.append(name)
                on.add(name)
                rest = iter(sorted(edges.get(name, {})))
            for other in rest:
                if other not in index:
                    work += [(name, rest), (other, None)]
                    break
                if other in on:
                    low[name] = min(low[name], index[other])
            else:
                if low[name] == index[name]:
                    group = stack[stack.index(name):]
                    del stack[stack.index(name):]
                    on -= set(group)
                    if len(group) > 1:
                        found.append(sorted(group))
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
    return found


def main():
    names = set(sources())
    for edges in includes(names), calls(names):
        for group in circles(edges):
            print(' '.join(group))
            if '--why' in sys.argv:
                for name in group:
                    for other in group:
                        if name != other and other in edges.get(name, {}):
                            print('    %s %s (%s)' % (name, edges[name][other], other))


main()
