/**
 * @file Where things lie in the memory shared by all threads. Read by the kernel (as AssemblyScript) and by the engine (as
 * TypeScript), so only plain number constants may stand here. Addresses are in bytes.
 */

// --- control block: one cache line for each word that several threads write -------------------------------------------
/** i64: job number (16 bits), tasks of the job (24 bits), next task (24 bits) */
export const ticketAt = 0;
/** i32: tasks done of the job */
export const doneAt = 64;
/** i32: changes with every job; threads that found nothing to do sleep on it */
export const gateAt = 128;
/** i32: threads asleep */
export const asleepAt = 192;
/** i32: the calling thread sleeps until a job is done */
export const waitingAt = 256;
/** i32: a thread broke off */
export const failedAt = 320;
/** i32: threads are to end */
export const stopAt = 324;
/** i32: which operation the job is */
export const operationAt = 328;

// --- a tree that grows leaf by leaf (leafwise.ts) -----------------------------------------------------------------------
/** i32: 1 while a thread reads or writes what follows */
export const growLockAt = 384;
/** i32: changes whenever there may be new work; threads that found none sleep on it */
export const growChangeAt = 448;
/** i32: threads asleep */
export const growAsleepAt = 512;
/** i32: leaves of the tree so far */
export const growLeavesAt = 576;
/** i32: number of the next child */
export const growNextAt = 580;
/** i32: the next slot for a histogram */
export const growSlotAt = 584;
/** i32: nodes divided, or being divided, that are not part of the tree yet */
export const growAheadAt = 588;
/** i32: 1: the tree is grown */
export const growEndAt = 592;
/** i32: lengths of the lists of leaves */
export const growOpenAt = 596;
export const growFoundAt = 600;
/** nodes whose histograms are being made: entries of {@link workBytes} */
export const growWorkAt = 640;
export const mostWork = 11;
export const workBytes = 32;
/** node that is divided, or -1 for an entry that is free */
export const wNode = 0;
/** next block of columns; as many as there are: none is left to be taken */
export const wNext = 4;
/** blocks that are not done */
export const wLeft = 8;
export const wBuilt = 12;
export const wOther = 16;
export const wFlags = 20;

// --- parameters, 32 bits each, from here ------------------------------------------------------------------------------
export const paramsAt = 1024;
export const pShift = 0;
export const pWide = 4;
export const pQuantised = 8;
export const pGradient = 12;
export const pHessian = 16;
/** rows that take part: address of a list, or 0 for all */
export const pList = 20;
export const pCount = 24;
export const pRows = 28;
export const pIndex = 32;
export const pColumns = 36;
export const pBlocks = 40;
export const pBlockCount = 44;
export const pHistograms = 48;
export const pSlotBytes = 52;
export const pNodes = 56;
export const pPairs = 60;
export const pResults = 64;
export const pChunks = 68;
export const pScratch = 72;
export const pScratchBytes = 76;
export const pLeafOf = 80;
export const pPartials = 84;
export const pChunkRows = 88;
export const pOrder = 92;
export const pPlain = 96;
export const pRandomBorder = 100;
export const pTree = 104;
export const pRootDirect = 108;
export const pValues = 112;
export const pTarget = 116;
export const pLevelNodes = 120;
export const pLevelCount = 124;
export const pScoreKind = 128;
export const pNormal = 132;
export const pSeed = 136;
export const pLevel = 140;
export const pActive = 144;
export const pActiveCount = 148;
export const pPartialCount = 152;
export const pPartialBytes = 156;
export const pColumnCount = 160;
export const pScores = 164;
/** address of the first of the partial histograms */
export const pPartialAt = 168;
/** forests: per column the address of the lowest value of each bin, between which random borders are drawn; 0: bins are drawn */
export const pPoints = 172;
/** 1: constraints refuse a split by the children's own values, and gains are those without constraints (scikit-learn) */
export const pRefuse = 176;
/** 1: some column has a monotone constraint */
export const pConstrained = 180;
/** leaf by leaf: most leaves, deepest leaf (0: any), slots for histograms */
export const pMostLeaves = 184;
export const pMostDepth = 188;
export const pSlotCount = 192;
/** addresses of two lists of nodes: leaves of the tree that can be split, and leaves that nobody has divided yet */
export const pOpen = 196;
export const pFound = 200;
/** address of the tree's nodes in order */
export const pGrown = 204;
/** leaves whose rows are marked by ranges of rows; 0: by stretches of a leaf's rows */
export const pMarked = 208;

// --- parameters, 64-bit floating point --------------------------------------------------------------------------------
export const fGradientScale = 256;
export const fGradientUnit = 264;
export const fHessianScale = 272;
export const fHessianUnit = 280;
export const fLambda = 288;
export const fAlpha = 296;
export const fMinHessian = 304;
export const fMinRows = 312;
export const fMaxDelta = 320;
export const fSmooth = 328;
export const fNoise = 336;
/** 2^52: its bits and those of a whole number below are the double of their sum. Out of memory, for compilers make constants anew */
export const fWhole = 344;

/** LightGBM's min_gain_to_split */
export const fMinGain = 352;

/** free for the engine from here */
export const heapAt = 2048;

// --- a column -----------------------------------------------------------------------------------------------------------
export const columnBytes = 32;
/** address of the first row's bin */
export const cBins = 0;
/** bytes from row to row */
export const cStride = 4;
/** bytes of a bin: 1 or 2 */
export const cWidth = 8;
/** first cell in a histogram */
export const cCell = 12;
/** bins of values; the bin of missing values comes after them */
export const cValues = 16;
/** 1 where the column has a bin for missing values */
export const cMissing = 20;
/** 0 number, 1 category (the kernel finds no split), 2 one category against the rest */
export const cKind = 24;
/** -1, 0, 1 */
export const cMonotone = 28;

// --- a block of up to sixteen columns, row by row ---------------------------------------------------------------------
export const blockBytes = 352;
export const bBins = 0;
/** bytes of a bin: 1 or 2 */
export const bWidth = 4;
/** bytes from row to row */
export const bStride = 8;
export const bCell = 12;
export const bCells = 16;
/** 1: the histograms of the parents lack this block */
export const bFresh = 20;
/** columns in the block, and how many of them are in use for this tree */
export const bLanes = 24;
export const bActive = 28;
/** first cell of each of the columns */
export const bFirst = 32;
/** of the columns in use: lane numbers, then first cells, then columns, then numbers of cells, which are even */
export const bLane = 96;
export const bLaneCell = 160;
export const bLaneColumn = 224;
export const bLaneCells = 288;

/**
 * Cells of a column in a block of bytes: 256 bins, and a line of the cache more. Without it, the same bin of every other column
 * would have addresses that differ by 4096 bytes only, which a processor takes for the same while they are on their way.
 */
export const laneCells = 264;

// --- a node -----------------------------------------------------------------------------------------------------------
export const nodeBytes = 160;
/** packed or wide sum of the node's rows */
export const nSum0 = 0;
export const nSum1 = 8;
export const nLower = 16;
export const nUpper = 24;
/** value of the node before shrinkage: what path smoothing leans on */
export const nOutput = 32;
/** a split must score more than this, both children together */
export const nThreshold = 40;
export const nSlot = 48;
export const nFrom = 52;
export const nCount = 56;
/** 0 or 1: which of the two lists of rows */
export const nBuffer = 60;
/** address of one byte per column, 0 for all */
export const nMask = 64;
/** tells the random borders of nodes apart */
export const nStream = 68;
export const nScore = 72;
export const nLeft0 = 80;
export const nLeft1 = 88;
export const nColumn = 96;
export const nBin = 100;
export const nDefaultLeft = 104;
export const nLeftCount = 108;
export const nGradient = 112;
export const nHessian = 120;
/** leaf by leaf: gain of its split, number in the tree, number of the left child, depth, one of `state...` */
export const nGain = 128;
export const nNumber = 136;
export const nChild = 140;
export const nDepth = 144;
export const nState = 148;
/** no split, or none looked for */
export const stateLeaf = 0;
/** has a split; nobody has divided it */
export const stateFound = 1;
export const stateTaken = 2;
/** divided; its children are ready */
export const stateDivided = 3;

// --- two nodes whose histograms are made together -----------------------------------------------------------------------
export const pairBytes = 16;
/** node whose histogram is made from its rows */
export const qBuild = 0;
/** its sibling, or -1 */
export const qOther = 4;
export const qFlags = 8;
/** the sibling's slot holds the parent's histogram: subtract */
export const pairSubtract = 1;
/** the sibling's histogram is made from its rows, too */
export const pairBoth = 2;
export const pairFindBuilt = 4;
export const pairFindOther = 8;
/** the first node's cells are filled already (by parts, or by a device) */
export const pairFilled = 16;
/** made ahead, and in vain once the tree is grown */
export const pairAhead = 32;
/** both have few rows, and no histograms: they are searched row by row (few-rows.ts) */
export const pairFew = 64;
/** rows of such a node, at most */
export const fewRows = 128;

// --- best split of a node in a block --------------------------------------------------------------------------------------
export const resultBytes = 48;
export const rScore = 0;
export const rLeft0 = 8;
export const rLeft1 = 16;
export const rColumn = 24;
export const rBin = 28;
export const rDefaultLeft = 32;

// --- rows to be partitioned ---------------------------------------------------------------------------------------------
export const chunkBytes = 48;
/** address of the first row number */
export const kRows = 0;
export const kCount = 4;
export const kColumn = 8;
/** right when `bin - low < span`, unsigned */
export const kLow = 12;
export const kSpan = 16;
/** address of one bit per bin (set: left), or 0 */
export const kSet = 20;
/** out: rows that went left */
export const kLeft = 24;
/** second pass: where to copy to */
export const kToLeft = 28;
export const kToRight = 32;

// --- figures of a chunk of rows -------------------------------------------------------------------------------------------
export const partialBytes = 40;

// --- operations ---------------------------------------------------------------------------------------------------------
export const opMeasure = 0;
export const opQuantise = 1;
export const opHistogram = 2;
export const opPartition = 3;
export const opGather = 4;
export const opLeaves = 5;
export const opTraverse = 6;
export const opAdd = 7;
export const opSort = 8;
export const opBin = 9;
export const opScore = 10;
export const opPartial = 11;
export const opGrow = 12;
export const opDifference = 13;
