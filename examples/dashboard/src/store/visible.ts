import type {RefObject} from 'preact';
import {useEffect, useState} from 'preact/hooks';

/** Whether the element is in sight, or nearly so. */
export function useVisible(element: RefObject<Element>): boolean {
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => setVisible(entries[entries.length - 1]?.isIntersecting ?? false),
                                              {rootMargin: '100px'});
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return isVisible;
}
