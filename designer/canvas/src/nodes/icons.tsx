/** Icons by the name the server gives. A name that is not in the list gets a neutral box, so a new activity needs no change here. */
import {
  Activity, AlarmClock, Bell, BookUser, Bookmark, Box, Bot, Braces, Calendar, CalendarClock, CircleCheck, CircleDot, CircleHelp, CircleStop, Clock, Cloud, Code, CornerUpRight,
  CreditCard, Database, DoorOpen, Filter, FlaskConical, Flag, Gauge, GitBranch, GitFork, GitMerge, Globe, Heart, Hourglass, Inbox, Layers, Link, List, LogIn, LogOut,
  Mail, MailOpen, Map as MapIcon, Megaphone, MessageCircle, MessageSquare, MousePointerClick, Package, PanelTop, Pause, PenLine, Pencil, Percent, Phone, Play, Plug,
  Puzzle, Radio, Repeat, Route, Rss, Search, Send, Settings2, Share2, ShoppingBag, ShoppingCart, Shuffle, Signpost, Smartphone, Sparkles, Split, Square, Star, Store,
  Tag, Target, Ticket, Timer, ToggleLeft, Trophy, Truck, Unplug, User, UserCheck, UserCog, UserMinus, UserPen, UserPlus, UserRoundPen, Users, Variable, Wallet, Webhook, Workflow, Zap,
  type LucideIcon,
} from 'lucide-react';

const byName: Record<string, LucideIcon> = {
  Activity, AlarmClock, Bell, BookUser, Bookmark, Box, Bot, Braces, Calendar, CalendarClock, CircleCheck, CircleDot, CircleHelp, CircleStop, Clock, Cloud, Code, CornerUpRight,
  CreditCard, Database, DoorOpen, Filter, FlaskConical, Flag, Gauge, GitBranch, GitFork, GitMerge, Globe, Heart, Hourglass, Inbox, Layers, Link, List, LogIn, LogOut,
  Mail, MailOpen, Map: MapIcon, Megaphone, MessageCircle, MessageSquare, MousePointerClick, Package, PanelTop, Pause, PenLine, Pencil, Percent, Phone, Play, Plug,
  Puzzle, Radio, Repeat, Route, Rss, Search, Send, Settings2, Share2, ShoppingBag, ShoppingCart, Shuffle, Signpost, Smartphone, Sparkles, Split, Square, Star, Store,
  Tag, Target, Ticket, Timer, ToggleLeft, Trophy, Truck, Unplug, User, UserCheck, UserCog, UserMinus, UserPen, UserPlus, UserRoundPen, Users, Variable, Wallet, Webhook, Workflow, Zap,
};

/** `shopping-cart` and `ShoppingCart` are the same icon. */
const found = (name: string): LucideIcon => {
  const pascal = name.replace(/(^|[-_\s])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  return byName[pascal] ?? byName[name] ?? Box;
};

export function ActivityIcon({ name, size = 16 }: { name: string; size?: number }) {
  const Icon = found(name);
  return <Icon size={size} strokeWidth={1.9} aria-hidden />;
}

const known = new Set(['start', 'message', 'condition', 'wait', 'experiment', 'action', 'exit']);

/** The colour of a category; one that is not known here is grey. */
export const toneOf = (category: string): string => (known.has(category) ? category : 'exit');

/** The coloured tile of an activity. Colour says the category only; the icon says which. */
export function Tile({ icon, category, size = 32 }: { icon: string; category: string; size?: number }) {
  return (
    <span className={`tile cat-${toneOf(category)}`} style={{ width: size, height: size }}>
      <ActivityIcon name={icon} size={Math.round(size / 2)} />
    </span>
  );
}
