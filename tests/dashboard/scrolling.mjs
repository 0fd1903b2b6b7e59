// How smoothly something scrolls: frames, and tasks that kept the page from drawing one.

/** Scrolls the element through and back again, a step a frame, for so many frames at most. @returns {frames: ms between them, in order; longest: task, ms} */
export function scrollThrough(element, step, most = 10_000) {
  return element.evaluate(async (box, [by, limit]) => {
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
      for (const {duration} of list.getEntries()) longest = Math.max(longest, duration);
    });
    observer.observe({type: 'longtask'});
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames = [];
    let last = await frame();
    const end = box.scrollHeight - box.clientHeight;
    for (let at = by; at < 2 * end && frames.length < limit; at += by) {
      box.scrollTop = at <= end ? at : 2 * end - at;
      const now = await frame();
      frames.push(now - last);
      last = now;
    }
    observer.disconnect();
    return {frames, longest};
  }, [step, most]);
}

/** The value that the share of them does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
