// SPDX-License-Identifier: BSD-3-Clause
// Start, check, supervise and end a run.
//
// A request is judged before anything moves. A run ends when its last result is in memory, on an
// AXI error, on RESET, or when nothing moves for `watchdog` cycles; each end lets open transactions
// finish (`stop`), then resets the network and its streams (`flush`), so that the next run starts
// clean. Whatever happens, `done` comes up and the registers stay accessible.

module run_control #(
  // Samples of a beat
  parameter int unsigned BEAT_SAMPLES = 360,
  // Largest beat count
  parameter int unsigned MAX_BEATS = 1048576,
  // Addresses the overlay may use, both included
  parameter logic [31:0] MEMORY_FIRST = 32'h0010_0000,
  parameter logic [31:0] MEMORY_LAST = 32'h1fff_ffff,
  // Cycles the network is held in reset after a run
  parameter int unsigned FLUSH_CYCLES = 32
) (
  input  logic                               ap_clk,
  input  logic                               ap_rst_n,

  // Request
  input  logic                               start,
  input  logic                               reset,
  input  logic [31:0]                        source,
  input  logic [31:0]                        destination,
  input  logic [31:0]                        beat_count,
  input  logic [31:0]                        watchdog,

  // State of the run
  output logic                               busy,
  output logic                               done,
  output logic                               finished,
  output logic [overlay_pkg::ERROR_BITS-1:0] error_set,
  output logic                               error_clear,
  output logic [31:0]                        beats_done,
  output logic [63:0]                        total_cycles,

  // Data movers; the addresses hold from `go` to the end of the run
  output logic                               go,
  output logic                               stop,
  output logic                               flush,
  output logic [31:0]                        run_source,
  output logic [31:0]                        run_destination,
  output logic [31:0]                        run_words,
  input  logic                               reader_idle,
  input  logic                               writer_idle,
  input  logic                               read_error,
  input  logic                               write_error,
  input  logic                               written,
  input  logic                               progress
);

  localparam int unsigned BEAT_WORDS = BEAT_SAMPLES / 8;
  localparam int unsigned COUNT_WIDTH = $clog2(MAX_BEATS + 1);
  localparam int unsigned FLUSH_WIDTH = $clog2(FLUSH_CYCLES + 1);

  if (BEAT_SAMPLES < 8 || BEAT_SAMPLES % 8 != 0) begin : check_beat_samples
    $error("run_control: BEAT_SAMPLES must be a multiple of 8, the bytes of a memory word");
  end
  if (MAX_BEATS < 1 || 64'(MAX_BEATS) * BEAT_SAMPLES >= 64'h1_0000_0000) begin : check_max_beats
    $error("run_control: MAX_BEATS beats must be less than 4 GB");
  end

  typedef enum logic [2:0] {IDLE, MEASURE, BOUND, COMPARE, JUDGE, RUN, DRAIN, FLUSH} state_t;

  state_t state_q;
  logic running, running_q, ended_q, stuck_q, carry_q, length_bad_q;
  logic [COUNT_WIDTH-1:0] beats_q, left_q;
  logic [31:0] beat_words_q;
  logic [32:0] source_end_q, destination_end_q;
  logic source_bad_q, destination_bad_q, expired_q, all_done_q, length_bad;
  logic [31:0] quiet_q;
  logic [FLUSH_WIDTH-1:0] flush_q;

  assign busy = state_q != IDLE;
  assign running = state_q != IDLE && state_q != DRAIN && state_q != FLUSH;
  assign flush = state_q == FLUSH;
  assign length_bad = beat_count == '0 || beat_count > 32'(MAX_BEATS);

  always_ff @(posedge ap_clk) begin
    go <= 1'b0;
    finished <= 1'b0;
    error_clear <= 1'b0;
    error_set <= '0;
    stop <= state_q != RUN;
    // In two halves, for a carry chain of 64 bits is too long for the clock
    running_q <= running;
    {carry_q, total_cycles[31:0]} <= 33'(total_cycles[31:0]) + 33'(running_q);
    total_cycles[63:32] <= total_cycles[63:32] + 32'(carry_q);
    if (start && !reset && busy) error_set[overlay_pkg::ERROR_BUSY] <= 1'b1;
    quiet_q <= progress ? watchdog : quiet_q - 1'b1;
    expired_q <= quiet_q == 32'd1 && !progress;
    all_done_q <= beats_done == 32'(beats_q);

    case (state_q)
      IDLE: begin
        ended_q <= start && !reset;
        stuck_q <= 1'b0;
        flush_q <= FLUSH_WIDTH'(FLUSH_CYCLES);
        // Taken in every cycle: a condition more would lengthen the path to so many enables
        run_source <= source;
        run_destination <= destination;
        run_words <= '0;
        beats_q <= COUNT_WIDTH'(beat_count);
        left_q <= COUNT_WIDTH'(beat_count);
        beat_words_q <= 32'(BEAT_WORDS);
        length_bad_q <= length_bad;
        if (start || reset) begin
          done <= 1'b0;
          error_clear <= 1'b1;
        end
        if (reset) begin
          state_q <= FLUSH;
        end else if (start) begin
          beats_done <= '0;
          total_cycles <= '0;
          state_q <= MEASURE;
        end
      end

      // run_words = beat_count * BEAT_WORDS, one bit of the count per cycle
      MEASURE: begin
        run_words <= run_words + (left_q[0] ? beat_words_q : '0);
        beat_words_q <= beat_words_q << 1;
        left_q <= left_q >> 1;
        if (length_bad_q) begin
          error_set[overlay_pkg::ERROR_LENGTH] <= 1'b1;
          state_q <= FLUSH;
        end else if (left_q == '0) begin
          state_q <= BOUND;
        end
      end

      BOUND: begin
        source_end_q <= 33'(run_source) + {1'b0, run_words[28:0], 3'b000};
        destination_end_q <= 33'(run_destination) + (33'(beats_q) << 5);
        state_q <= COMPARE;
      end

      // The ends are one past the last byte
      COMPARE: begin
        source_bad_q <= run_source[2:0] != '0 || run_source < MEMORY_FIRST ||
                        source_end_q > 33'(MEMORY_LAST) + 1'b1;
        destination_bad_q <= run_destination[4:0] != '0 || run_destination < MEMORY_FIRST ||
                             destination_end_q > 33'(MEMORY_LAST) + 1'b1 ||
                             (33'(run_destination) < source_end_q &&
                              33'(run_source) < destination_end_q);
        state_q <= JUDGE;
      end

      JUDGE: begin
        error_set[overlay_pkg::ERROR_SOURCE_ADDRESS] <= source_bad_q;
        error_set[overlay_pkg::ERROR_DESTINATION_ADDRESS] <= destination_bad_q;
        quiet_q <= watchdog;
        expired_q <= 1'b0;
        go <= !(source_bad_q || destination_bad_q);
        state_q <= source_bad_q || destination_bad_q ? FLUSH : RUN;
      end

      RUN: begin
        if (read_error) error_set[overlay_pkg::ERROR_READ] <= 1'b1;
        if (write_error) error_set[overlay_pkg::ERROR_WRITE] <= 1'b1;
        if (expired_q) error_set[overlay_pkg::ERROR_TIMEOUT] <= 1'b1;
        if (read_error || write_error || expired_q || all_done_q) begin
          quiet_q <= watchdog;
          expired_q <= 1'b0;
          state_q <= DRAIN;
        end
      end

      DRAIN: begin
        // `stop` is a cycle late: until it is up a mover that is idle can still start
        if (stop && reader_idle && writer_idle) begin
          state_q <= FLUSH;
        end else if (expired_q && !stuck_q) begin
          error_set[overlay_pkg::ERROR_BUS_STUCK] <= 1'b1;
          stuck_q <= 1'b1;
          done <= 1'b1;
          finished <= 1'b1;
        end
      end

      default: begin
        flush_q <= flush_q - 1'b1;
        if (flush_q == FLUSH_WIDTH'(1)) begin
          done <= ended_q;
          finished <= ended_q && !done;
          state_q <= IDLE;
        end
      end
    endcase

    if (running) begin
      if (reset) begin
        error_set[overlay_pkg::ERROR_ABORTED] <= 1'b1;
        quiet_q <= watchdog;
        expired_q <= 1'b0;
        go <= 1'b0;
        state_q <= DRAIN;
      end
    end
    if (written) beats_done <= beats_done + 1'b1;

    if (!ap_rst_n) begin
      state_q <= FLUSH;
      flush_q <= FLUSH_WIDTH'(FLUSH_CYCLES);
      ended_q <= 1'b0;
      done <= 1'b0;
      go <= 1'b0;
      finished <= 1'b0;
      error_clear <= 1'b0;
      error_set <= '0;
      stop <= 1'b1;
      beats_done <= '0;
      total_cycles <= '0;
    end
  end

endmodule
