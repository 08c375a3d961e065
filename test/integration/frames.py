"""Counts the frames of a browser that shows a chart at ten updates a second.

Usage: frames.py [seconds], 60 when nothing is said; prints JSON.
"""

import json
import sys

from lab import Lab

CELL = """await ssc.restart({ batchDuration: '100 ms' })
const digits = ssc.rateStream(1000).map((n) => [n % 20, Math.random()]).reduceByKey((a, b) => a + b)
digits.chart()"""

# Looks at the chart in every frame: whether there is a drawn picture, as high as ever, and whether it is a new one.
WATCH = """seconds => new Promise(resolve => {
    const area = document.querySelector('.jp-NotebookPanel .jp-CodeCell .jp-OutputArea')
    const found = { frames: 0, blank: 0, updates: 0, jumps: 0, heights: {}, longTasks: 0, longestTaskMs: 0 }
    const observer = new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) {
            found.longTasks++
            found.longestTaskMs = Math.max(found.longestTaskMs, Math.round(duration))
        }
    })
    observer.observe({ entryTypes: ['longtask'] })
    const start = performance.now()
    let last = ''
    let height = area.offsetHeight
    const look = now => {
        if (now - start > seconds * 1000) {
            observer.disconnect()
            found.fps = Math.round(found.frames / (now - start) * 10_000) / 10
            resolve(found)
            return
        }
        found.frames++
        const image = area.querySelector('img, svg')
        const drawn = image !== null && (image.tagName !== 'IMG' || (image.complete && image.naturalWidth > 0))
        if (!drawn || area.offsetHeight === 0) found.blank++
        if (area.offsetHeight !== height) found.jumps++
        height = area.offsetHeight
        found.heights[area.offsetHeight] = (found.heights[area.offsetHeight] ?? 0) + 1
        const picture = image?.src ?? image?.outerHTML ?? ''
        if (picture !== last) found.updates++
        last = picture
        requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
})"""


def watched(lab, seconds):
    """Frames a second, frames without a picture, pictures drawn and tasks over 50 ms, beside a chart at 10 Hz.

    `fpsWithout` is what the page does before there is a chart: what the machine has to give.
    """
    lab.notebook("frames.ipynb", CELL, "await ssc.stop()")
    without = lab.page.evaluate(WATCH, 5)
    lab.run_cell(0)
    lab.page.wait_for_function("document.querySelector('.jp-NotebookPanel .jp-RenderedSVG img')?.naturalWidth > 0")
    found = lab.page.evaluate(WATCH, seconds)
    lab.shot("frames", 800)
    lab.run_cell(1)
    return {**found, "fpsWithout": without["fps"]}


if __name__ == "__main__":
    lab = Lab()
    try:
        print(json.dumps(watched(lab, int(sys.argv[1]) if len(sys.argv) > 1 else 60)))
    finally:
        lab.close()
