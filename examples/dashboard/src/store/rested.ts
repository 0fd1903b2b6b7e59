import {useEffect, useState} from 'preact/hooks';

/** What is typed, once it has rested for a moment. */
export function useRested(text: string, ms = 250): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(text), ms);
    return () => window.clearTimeout(timer);
  }, [text]);
  return rested;
}
